/// The templates that receivers use unless told otherwise. They have the names of Alertmanager's and say the same, so that files written
/// for those fit.
enum StandardTemplates {
    static let files = [
        (name: "standard.tmpl", text: shared + chats + incidents), (name: "email.tmpl", text: MailTemplate.text),
    ]

    private static let shared = """
        {{ define "__alertmanager" }}Alertmanager{{ end }}
        {{ define "__alertmanagerURL" -}}
        {{ .ExternalURL }}/#/alerts?receiver={{ urlquery .Receiver }}
        {{- end }}
        {{ define "__subject" -}}
        {{ $state := toUpper .Status -}}
        [{{ $state }}{{ if eq $state "FIRING" }}:{{ len .Alerts.Firing }}{{ end }}] \
        {{ join " " .GroupLabels.SortedPairs.Values }} \
        {{ if lt (len .GroupLabels) (len .CommonLabels) -}}
        ({{ join " " (.CommonLabels.Remove .GroupLabels.Names).Values }})
        {{- end }}
        {{- end }}
        {{ define "__description" }}{{ end }}
        {{ define "__text_alert_list" }}{{ range $alert := . }}Labels:
        {{ range $alert.Labels.SortedPairs }} - {{ .Name }} = {{ .Value }}
        {{ end }}Annotations:
        {{ range $alert.Annotations.SortedPairs }} - {{ .Name }} = {{ .Value }}
        {{ end }}Source: {{ $alert.GeneratorURL }}
        {{ end }}{{ end }}
        {{ define "__text_alert_list_markdown" }}{{ range $alert := . }}
        Labels:
        {{ range $alert.Labels.SortedPairs }}  - {{ .Name }} = {{ .Value }}
        {{ end }}
        Annotations:
        {{ range $alert.Annotations.SortedPairs }}  - {{ .Name }} = {{ .Value }}
        {{ end }}
        Source: {{ $alert.GeneratorURL }}
        {{ end }}{{ end }}
        {{ define "__medic_both_lists" }}
        {{ with .Alerts.Firing }}
        Alerts Firing:
        {{ template "__text_alert_list" . }}
        {{ end }}
        {{ with .Alerts.Resolved }}
        Alerts Resolved:
        {{ template "__text_alert_list" . }}
        {{ end }}
        {{ end }}
        {{ define "__medic_both_lists_markdown" }}
        {{ with .Alerts.Firing }}
        # Alerts Firing:
        {{ template "__text_alert_list_markdown" . }}
        {{ end }}
        {{ with .Alerts.Resolved }}
        # Alerts Resolved:
        {{ template "__text_alert_list_markdown" . }}
        {{ end }}
        {{ end }}
        {{ define "__medic_summary" }}{{ join " " .CommonAnnotations.SortedPairs.Values }}{{ end }}
        {{ define "__medic_summary_and_lists" }}{{ template "__medic_summary" . }}
        {{ with .Alerts.Firing -}}
        Alerts Firing:
        {{ template "__text_alert_list" . }}
        {{- end }}
        {{ with .Alerts.Resolved -}}
        Alerts Resolved:
        {{ template "__text_alert_list" . }}
        {{- end }}
        {{- end }}

        """

    private static let chats = """
        {{ define "slack.default.title" }}{{ template "__subject" . }}{{ end }}
        {{ define "slack.default.username" }}{{ template "__alertmanager" . }}{{ end }}
        {{ define "slack.default.titlelink" }}{{ template "__alertmanagerURL" . }}{{ end }}
        {{ define "slack.default.fallback" -}}
        {{ template "slack.default.title" . }} | {{ template "slack.default.titlelink" . }}
        {{- end }}
        {{ define "slack.default.callbackid" }}{{ end }}
        {{ define "slack.default.pretext" }}{{ end }}
        {{ define "slack.default.iconemoji" }}{{ end }}
        {{ define "slack.default.iconurl" }}{{ end }}
        {{ define "slack.default.text" }}{{ end }}
        {{ define "slack.default.footer" }}{{ end }}
        {{ define "telegram.default.message" }}{{ template "__medic_both_lists" . }}{{ end }}
        {{ define "discord.default.content" }}{{ end }}
        {{ define "discord.default.title" }}{{ template "__subject" . }}{{ end }}
        {{ define "discord.default.message" }}{{ template "__medic_both_lists" . }}{{ end }}
        {{ define "msteams.default.summary" }}{{ template "__subject" . }}{{ end }}
        {{ define "msteams.default.title" }}{{ template "__subject" . }}{{ end }}
        {{ define "msteams.default.text" }}{{ template "__medic_both_lists_markdown" . }}{{ end }}
        {{ define "msteamsv2.default.title" }}{{ template "__subject" . }}{{ end }}
        {{ define "msteamsv2.default.text" }}{{ template "__medic_both_lists_markdown" . }}{{ end }}
        {{ define "webex.default.message" }}{{ template "__medic_summary" . }}{{ template "__medic_both_lists" . }}{{ end }}

        """

    private static let incidents = """
        {{ define "pagerduty.default.description" }}{{ template "__subject" . }}{{ end }}
        {{ define "pagerduty.default.client" }}{{ template "__alertmanager" . }}{{ end }}
        {{ define "pagerduty.default.clientURL" }}{{ template "__alertmanagerURL" . }}{{ end }}
        {{ define "pagerduty.default.instances" }}{{ template "__text_alert_list" . }}{{ end }}
        {{ define "opsgenie.default.message" }}{{ template "__subject" . }}{{ end }}
        {{ define "opsgenie.default.description" }}{{ template "__medic_summary_and_lists" . }}{{ end }}
        {{ define "opsgenie.default.source" }}{{ template "__alertmanagerURL" . }}{{ end }}
        {{ define "victorops.default.state_message" }}{{ template "__medic_summary_and_lists" . }}{{ end }}
        {{ define "victorops.default.entity_display_name" }}{{ template "__subject" . }}{{ end }}
        {{ define "victorops.default.monitoring_tool" }}{{ template "__alertmanager" . }}{{ end }}
        {{ define "pushover.default.title" }}{{ template "__subject" . }}{{ end }}
        {{ define "pushover.default.message" }}{{ template "__medic_summary" . }}{{ template "__medic_both_lists" . }}{{ end }}
        {{ define "pushover.default.url" }}{{ template "__alertmanagerURL" . }}{{ end }}
        {{ define "email.default.subject" }}{{ template "__subject" . }}{{ end }}

        """
}

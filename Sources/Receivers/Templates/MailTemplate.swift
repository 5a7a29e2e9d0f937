/// The body of a mail in HTML: what fires, what is over, each alert with its labels and annotations.
enum MailTemplate {
    static let text = """
        {{ define "__medic_mail_alerts" }}{{ range . }}
        <tr><td style="padding: 8px 0; border-top: 1px solid #ddd;">
        <strong>Labels</strong><br>
        {{ range .Labels.SortedPairs }}{{ .Name }} = {{ .Value }}<br>
        {{ end }}{{ if .Annotations }}<strong>Annotations</strong><br>
        {{ range .Annotations.SortedPairs }}{{ .Name }} = {{ .Value }}<br>
        {{ end }}{{ end }}{{ if .GeneratorURL }}<a href="{{ .GeneratorURL }}">Source</a><br>{{ end }}
        </td></tr>
        {{ end }}{{ end }}
        {{ define "email.default.html" }}
        <!DOCTYPE html>
        <html><head><meta charset="utf-8"><title>{{ template "__subject" . }}</title></head>
        <body style="margin: 0; font-family: Helvetica, Arial, sans-serif; font-size: 14px;">
        <table style="width: 100%; max-width: 640px; margin: 0 auto;">
        <tr><td style="padding: 12px; color: #fff; background: {{ if .Alerts.Firing }}#b3261e{{ else }}#2e7d32{{ end }};">
        {{ len .Alerts }} alert{{ if gt (len .Alerts) 1 }}s{{ end }} for
        {{ range .GroupLabels.SortedPairs }}{{ .Name }}={{ .Value }} {{ end }}
        </td></tr>
        <tr><td style="padding: 12px 0;"><a href="{{ template "__alertmanagerURL" . }}">View in \
        {{ template "__alertmanager" . }}</a></td></tr>
        {{ if .Alerts.Firing }}<tr><td><strong>[{{ len .Alerts.Firing }}] Firing</strong></td></tr>
        {{ template "__medic_mail_alerts" .Alerts.Firing }}{{ end }}
        {{ if .Alerts.Resolved }}<tr><td><strong>[{{ len .Alerts.Resolved }}] Resolved</strong></td></tr>
        {{ template "__medic_mail_alerts" .Alerts.Resolved }}{{ end }}
        <tr><td style="padding: 12px; color: #888; text-align: center;"><a href="{{ .ExternalURL }}">Sent by \
        {{ template "__alertmanager" . }}</a></td></tr>
        </table>
        </body></html>
        {{ end }}

        """
}

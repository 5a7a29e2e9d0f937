// Every file of the page: a new one is added in two places here, and a test of the room Web says so when it was forgotten.

#include "PageFiles.h"

// The compiler has #embed in every C; only its warning says that the standard has it since C23.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char chart_chart_js[] = {
#embed "Resources/chart/chart.js"
};
static const unsigned char chart_colours_js[] = {
#embed "Resources/chart/colours.js"
};
static const unsigned char chart_legend_js[] = {
#embed "Resources/chart/legend.js"
};
static const unsigned char chart_scale_js[] = {
#embed "Resources/chart/scale.js"
};
static const unsigned char chart_series_js[] = {
#embed "Resources/chart/series.js"
};
static const unsigned char core_api_js[] = {
#embed "Resources/core/api.js"
};
static const unsigned char core_dom_js[] = {
#embed "Resources/core/dom.js"
};
static const unsigned char core_format_js[] = {
#embed "Resources/core/format.js"
};
static const unsigned char core_fresh_js[] = {
#embed "Resources/core/fresh.js"
};
static const unsigned char core_live_js[] = {
#embed "Resources/core/live.js"
};
static const unsigned char core_present_js[] = {
#embed "Resources/core/present.js"
};
static const unsigned char core_router_js[] = {
#embed "Resources/core/router.js"
};
static const unsigned char icon_svg[] = {
#embed "Resources/icon.svg"
};
static const unsigned char index_html[] = {
#embed "Resources/index.html"
};
static const unsigned char parts_calendar_js[] = {
#embed "Resources/parts/calendar.js"
};
static const unsigned char parts_commands_js[] = {
#embed "Resources/parts/commands.js"
};
static const unsigned char parts_common_js[] = {
#embed "Resources/parts/common.js"
};
static const unsigned char parts_guards_js[] = {
#embed "Resources/parts/guards.js"
};
static const unsigned char parts_journal_js[] = {
#embed "Resources/parts/journal.js"
};
static const unsigned char parts_longlist_js[] = {
#embed "Resources/parts/longlist.js"
};
static const unsigned char parts_records_js[] = {
#embed "Resources/parts/records.js"
};
static const unsigned char parts_runs_js[] = {
#embed "Resources/parts/runs.js"
};
static const unsigned char parts_vitals_js[] = {
#embed "Resources/parts/vitals.js"
};
static const unsigned char parts_signin_js[] = {
#embed "Resources/parts/signin.js"
};
static const unsigned char query_completion_js[] = {
#embed "Resources/query/completion.js"
};
static const unsigned char query_field_js[] = {
#embed "Resources/query/field.js"
};
static const unsigned char query_functions_js[] = {
#embed "Resources/query/functions.js"
};
static const unsigned char query_tokens_js[] = {
#embed "Resources/query/tokens.js"
};
static const unsigned char start_js[] = {
#embed "Resources/start.js"
};
static const unsigned char styles_charts_css[] = {
#embed "Resources/styles/charts.css"
};
static const unsigned char styles_frame_css[] = {
#embed "Resources/styles/frame.css"
};
static const unsigned char styles_parts_css[] = {
#embed "Resources/styles/parts.css"
};
static const unsigned char styles_tokens_css[] = {
#embed "Resources/styles/tokens.css"
};
static const unsigned char styles_views_css[] = {
#embed "Resources/styles/views.css"
};
static const unsigned char theme_js[] = {
#embed "Resources/theme.js"
};
static const unsigned char views_alert_js[] = {
#embed "Resources/views/alert.js"
};
static const unsigned char views_configuration_js[] = {
#embed "Resources/views/configuration.js"
};
static const unsigned char views_history_js[] = {
#embed "Resources/views/history.js"
};
static const unsigned char views_now_js[] = {
#embed "Resources/views/now.js"
};
static const unsigned char views_playbooks_js[] = {
#embed "Resources/views/playbooks.js"
};
static const unsigned char views_query_js[] = {
#embed "Resources/views/query.js"
};
static const unsigned char views_rules_js[] = {
#embed "Resources/views/rules.js"
};
static const unsigned char views_run_js[] = {
#embed "Resources/views/run.js"
};
static const unsigned char views_silences_js[] = {
#embed "Resources/views/silences.js"
};
static const unsigned char views_targets_js[] = {
#embed "Resources/views/targets.js"
};
static const unsigned char views_units_js[] = {
#embed "Resources/views/units.js"
};

#define FILE_AT(path, name) {path, name, sizeof name}

static const struct medic_page_file files[] = {
    FILE_AT("chart/chart.js", chart_chart_js),
    FILE_AT("chart/colours.js", chart_colours_js),
    FILE_AT("chart/legend.js", chart_legend_js),
    FILE_AT("chart/scale.js", chart_scale_js),
    FILE_AT("chart/series.js", chart_series_js),
    FILE_AT("core/api.js", core_api_js),
    FILE_AT("core/dom.js", core_dom_js),
    FILE_AT("core/format.js", core_format_js),
    FILE_AT("core/fresh.js", core_fresh_js),
    FILE_AT("core/live.js", core_live_js),
    FILE_AT("core/present.js", core_present_js),
    FILE_AT("core/router.js", core_router_js),
    FILE_AT("icon.svg", icon_svg),
    FILE_AT("index.html", index_html),
    FILE_AT("parts/calendar.js", parts_calendar_js),
    FILE_AT("parts/commands.js", parts_commands_js),
    FILE_AT("parts/common.js", parts_common_js),
    FILE_AT("parts/guards.js", parts_guards_js),
    FILE_AT("parts/journal.js", parts_journal_js),
    FILE_AT("parts/longlist.js", parts_longlist_js),
    FILE_AT("parts/records.js", parts_records_js),
    FILE_AT("parts/runs.js", parts_runs_js),
    FILE_AT("parts/signin.js", parts_signin_js),
    FILE_AT("parts/vitals.js", parts_vitals_js),
    FILE_AT("query/completion.js", query_completion_js),
    FILE_AT("query/field.js", query_field_js),
    FILE_AT("query/functions.js", query_functions_js),
    FILE_AT("query/tokens.js", query_tokens_js),
    FILE_AT("start.js", start_js),
    FILE_AT("styles/charts.css", styles_charts_css),
    FILE_AT("styles/frame.css", styles_frame_css),
    FILE_AT("styles/parts.css", styles_parts_css),
    FILE_AT("styles/tokens.css", styles_tokens_css),
    FILE_AT("styles/views.css", styles_views_css),
    FILE_AT("theme.js", theme_js),
    FILE_AT("views/alert.js", views_alert_js),
    FILE_AT("views/configuration.js", views_configuration_js),
    FILE_AT("views/history.js", views_history_js),
    FILE_AT("views/now.js", views_now_js),
    FILE_AT("views/playbooks.js", views_playbooks_js),
    FILE_AT("views/query.js", views_query_js),
    FILE_AT("views/rules.js", views_rules_js),
    FILE_AT("views/run.js", views_run_js),
    FILE_AT("views/silences.js", views_silences_js),
    FILE_AT("views/targets.js", views_targets_js),
    FILE_AT("views/units.js", views_units_js),
};

size_t medic_page_file_count(void) { return sizeof files / sizeof files[0]; }

struct medic_page_file medic_page_file_at(size_t place) { return files[place]; }

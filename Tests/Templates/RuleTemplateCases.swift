/// Templates and what Prometheus's promtool 2.42 makes of them as annotations of an alert `A` with the expression `m`, the one series
/// `m{instance="i.example.com:80",job="j"}` of value 1234567.5, and the external label `region="eu"`.
enum RuleTemplateCases {
    static let expansions: [(template: String, expected: String)] = [
        (
            "plain text",
            "plain text"
        ),
        (
            "{{ 1 }}",
            "1"
        ),
        (
            "{{ $labels.job }} of {{ .Labels.instance }}",
            "j of i.example.com:80"
        ),
        (
            "{{ $labels.nope }}|{{ .Labels.nope }}",
            "|"
        ),
        (
            "{{ $value }}",
            "1.2345675e+06"
        ),
        (
            "{{ $externalLabels.region }} {{ .ExternalLabels.region }} {{ $externalURL }} {{ .ExternalURL }}",
            "eu eu http://host:9090/path/prefix http://host:9090/path/prefix"
        ),
        (
            "{{ .Foo }}",
            "<error expanding template: error executing template __alert_A: template: __alert_A:1:115: executing \"__alert_A\" at <.Foo>: can't evaluate field Foo in type struct { Labels map[string]string; ExternalLabels map[string]string; ExternalURL string; Value interface {} }>"
        ),
        (
            "{{ $labels }}",
            "map[__name__:m instance:i.example.com:80 job:j]"
        ),
        (
            "{{ . }}",
            "{map[__name__:m instance:i.example.com:80 job:j] map[region:eu] http://host:9090/path/prefix 1.2345675e+06}"
        ),
        (
            "{{ $value | humanize }} {{ $value | humanize1024 }} {{ $value | humanizeDuration }} {{ $value | humanizePercentage }} {{ $value | humanizeTimestamp }}",
            "1.235M 1.177Mi 14d 6h 56m 7s 1.235e+08% 1970-01-15 06:56:07.5 +0000 UTC"
        ),
        (
            "{{ 0 | humanize }} {{ 0.0001234 | humanize }} {{ -1e30 | humanize }} {{ 999.96 | humanize }} {{ 1e-30 | humanize }}",
            "0 123.4u -1e+06Y 1000 1e-06y"
        ),
        (
            "{{ \"123456.789\" | humanize }} {{ \"+Inf\" | humanize }} {{ \"NaN\" | humanizeDuration }} {{ \"-Inf\" | humanizeTimestamp }}",
            "123.5k +Inf NaN -Inf"
        ),
        (
            "{{ humanize \"one\" }}",
            "<error expanding template: error executing template __alert_A: template: __alert_A:1:115: executing \"__alert_A\" at <humanize \"one\">: error calling humanize: strconv.ParseFloat: parsing \"one\": invalid syntax>"
        ),
        (
            "{{ humanize \"1e999\" }}",
            "<error expanding template: error executing template __alert_A: template: __alert_A:1:115: executing \"__alert_A\" at <humanize \"1e999\">: error calling humanize: strconv.ParseFloat: parsing \"1e999\": value out of range>"
        ),
        (
            "{{ humanize \"\" }}",
            "<error expanding template: error executing template __alert_A: template: __alert_A:1:115: executing \"__alert_A\" at <humanize \"\">: error calling humanize: strconv.ParseFloat: parsing \"\": invalid syntax>"
        ),
        (
            "{{ humanize true }}",
            "<error expanding template: error executing template __alert_A: template: __alert_A:1:115: executing \"__alert_A\" at <humanize true>: error calling humanize: can't convert bool to float>"
        ),
        (
            "{{ humanize $labels }}",
            "<error expanding template: error executing template __alert_A: template: __alert_A:1:115: executing \"__alert_A\" at <humanize $labels>: error calling humanize: can't convert map[string]string to float>"
        ),
        (
            "{{ 0.5 | humanize1024 }} {{ 1024 | humanize1024 }} {{ -1e30 | humanize1024 }}",
            "0.5 1ki -8.272e+05Yi"
        ),
        (
            "{{ 86461.5 | humanizeDuration }} {{ 59.999 | humanizeDuration }} {{ -61 | humanizeDuration }} {{ 0.0123456 | humanizeDuration }} {{ -0.5 | humanizeDuration }} {{ 0 | humanizeDuration }}",
            "1d 0h 1m 1s 60s -1m 1s 12.35ms -500ms 0s"
        ),
        (
            "{{ 0.1234567 | humanizePercentage }} {{ 1e10 | humanizePercentage }} {{ -0.0 | humanizePercentage }}",
            "12.35% 1e+12% -0%"
        ),
        (
            "{{ 1435065584.128 | humanizeTimestamp }} {{ 0 | humanizeTimestamp }} {{ -1.5 | humanizeTimestamp }}",
            "2015-06-23 13:19:44.128 +0000 UTC 1970-01-01 00:00:00 +0000 UTC 1969-12-31 23:59:58.5 +0000 UTC"
        ),
        (
            "{{ 1e30 | humanizeTimestamp }}",
            "<error expanding template: error executing template __alert_A: template: __alert_A:1:122: executing \"__alert_A\" at <humanizeTimestamp>: error calling humanizeTimestamp: 1e+30 cannot be represented as a nanoseconds timestamp since it overflows int64>"
        ),
        (
            "{{ (toTime $value).Format \"2006-01-02T15:04:05Z07:00 Mon Jan _2 3:04PM .000 002\" }} {{ (toTime 1e9).Year }} {{ toTime 0.5 }}",
            "1970-01-15T06:56:07Z Thu Jan 15 6:56AM .500 015 2001 1970-01-01 00:00:00.5 +0000 UTC"
        ),
        (
            "{{ (toTime 1e9).Month }} {{ (toTime 1e9).Weekday }} {{ (toTime 1e9).Unix }} {{ (toTime 1e9).YearDay }} {{ (toTime 1e9).IsZero }}",
            "September Sunday 1000000000 252 false"
        ),
        (
            "{{ \"aa bb-cc CC d_e é1ö\" | title }} {{ \"aß\" | toUpper }} {{ \"AÉİ\" | toLower }}",
            "Aa Bb-Cc CC D_e É1ö Aß aéi"
        ),
        (
            "{{ match \"a+\" \"baac\" }} {{ match \"^a$\" \"b\" }}",
            "true false"
        ),
        (
            "{{ match \"(\" \"b\" }}",
            "<error expanding template: error executing template __alert_A: template: __alert_A:1:115: executing \"__alert_A\" at <match \"(\" \"b\">: error calling match: error parsing regexp: missing closing ): `(`>"
        ),
        (
            "{{ reReplaceAll \"(a)(?P<n>b)\" \"<$1-${n}-$0-$$-$3>\" \"xabyab\" }} {{ reReplaceAll \"x*\" \"-\" \"abxc\" }} {{ reReplaceAll \"a\" \"$1x\" \"a\" }}",
            "x<a-b-ab-$->y<a-b-ab-$-> -a-b-c- "
        ),
        (
            "{{ reReplaceAll \"(\" \"\" \"b\" }}",
            "<error expanding template: error executing template __alert_A: template: __alert_A:1:115: executing \"__alert_A\" at <reReplaceAll \"(\" \"\" \"b\">: error calling reReplaceAll: regexp: Compile(`(`): error parsing regexp: missing closing ): `(`>"
        ),
        (
            "{{ parseDuration \"1h2m10ms\" }} {{ parseDuration \"0\" }}",
            "3720.01 0"
        ),
        (
            "{{ parseDuration \"x\" }}",
            "<error expanding template: error executing template __alert_A: template: __alert_A:1:115: executing \"__alert_A\" at <parseDuration \"x\">: error calling parseDuration: not a valid duration string: \"x\">"
        ),
        (
            "{{ stripPort \"foo.example.com:12345\" }} {{ stripPort \"[2001:DB8::1]:12345\" }} {{ stripPort \"2001:0DB8::1\" }} {{ stripPort \"a:b:c\" }} {{ stripPort \":80\" }} {{ stripPort \"[::1]::12\" }}",
            "foo.example.com 2001:DB8::1 2001:0DB8::1 a:b:c  [::1]::12"
        ),
        (
            "{{ stripDomain \"foo.example.com:1\" }} {{ stripDomain \"192.0.2.1:12\" }} {{ stripDomain \"[2001:db8::1]:12\" }} {{ stripDomain \"2001:db8::1\" }} {{ stripDomain \"::1\" }} {{ stripDomain \"1.2.3\" }} {{ stripDomain \"01.2.3.4\" }} {{ stripDomain \"::ffff:1.2.3.4\" }} {{ stripDomain \"1::2::3\" }} {{ stripDomain \"::\" }} {{ stripDomain \":::\" }} {{ stripDomain \"1:2:3:4:5:6:7:8\" }} {{ stripDomain \"1:2:3:4:5:6:7.x\" }}",
            "foo:1 192.0.2.1:12 [2001:db8::1]:12 2001:db8::1 ::1 1 01 ::ffff:1.2.3.4 1::2::3 :: ::: 1:2:3:4:5:6:7:8 1:2:3:4:5:6:7"
        ),
        (
            "{{ query \"m\" | first | value }} {{ query \"m\" | first | label \"job\" }} {{ query \"m\" | first | label \"nope\" }}|{{ query \"m\" | first | strvalue }}",
            "1.2345675e+06 j |"
        ),
        (
            "{{ range query \"m\" | sortByLabel \"instance\" }}{{ .Labels.instance }}={{ .Value }};{{ end }}",
            "i.example.com:80=1.2345675e+06;"
        ),
        (
            "{{ with query \"m\" }}{{ . | first }}{{ end }}",
            "{map[__name__:m instance:i.example.com:80 job:j] 1.2345675e+06}"
        ),
        (
            "{{ query \"nothing\" | first }}",
            "<error expanding template: error executing template __alert_A: template: __alert_A:1:133: executing \"__alert_A\" at <first>: error calling first: first() called on vector with no elements>"
        ),
        (
            "{{ query \"m{\" }}",
            "<error expanding template: error executing template __alert_A: template: __alert_A:1:115: executing \"__alert_A\" at <query \"m{\">: error calling query: 1:3: parse error: unexpected end of input inside braces>"
        ),
        (
            "{{ len (query \"m\") }} {{ query \"nothing\" }}",
            "1 []"
        ),
        (
            "{{ value 5 }}",
            "<error expanding template: error executing template __alert_A: template: __alert_A:1:121: executing \"__alert_A\" at <5>: can't handle 5 for arg of type *template.sample>"
        ),
        (
            "{{ first \"x\" }}",
            "<error expanding template: error executing template __alert_A: template: __alert_A:1:121: executing \"__alert_A\" at <\"x\">: can't handle \"x\" for arg of type template.queryResult>"
        ),
        (
            "{{ if $value }}yes{{ else }}no{{ end }} {{ if 0 }}a{{ else if 1 }}b{{ else }}c{{ end }}",
            "yes b"
        ),
        (
            "{{ if gt $value 100.0 }}high{{ end }}",
            "high"
        ),
        (
            "{{ if gt $value 100 }}high{{ end }}",
            "<error expanding template: error executing template __alert_A: template: __alert_A:1:118: executing \"__alert_A\" at <gt $value 100>: error calling gt: incompatible types for comparison>"
        ),
        (
            "{{ eq 1 1 }} {{ eq 1 2 3 1 }} {{ ne \"a\" \"b\" }} {{ lt 1 2 }} {{ le 2 2 }} {{ gt \"b\" \"a\" }} {{ ge 1.5 2.5 }} {{ eq \"a\" \"b\" \"a\" }}",
            "true true true true true true false true"
        ),
        (
            "{{ eq 1 1.0 }}",
            "<error expanding template: error executing template __alert_A: template: __alert_A:1:115: executing \"__alert_A\" at <eq 1 1.0>: error calling eq: incompatible types for comparison>"
        ),
        (
            "{{ eq 1 }}",
            "<error expanding template: error executing template __alert_A: template: __alert_A:1:115: executing \"__alert_A\" at <eq 1>: error calling eq: missing argument for comparison>"
        ),
        (
            "{{ lt true false }}",
            "<error expanding template: error executing template __alert_A: template: __alert_A:1:115: executing \"__alert_A\" at <lt true false>: error calling lt: invalid type for comparison>"
        ),
        (
            "{{ eq $labels $labels }}",
            "<error expanding template: error executing template __alert_A: template: __alert_A:1:115: executing \"__alert_A\" at <eq $labels $labels>: error calling eq: non-comparable type map[__name__:m instance:i.example.com:80 job:j]: map[string]string>"
        ),
        (
            "{{ and 1 0 2 }} {{ or 0 \"\" \"x\" \"y\" }} {{ not 0 }} {{ and }}",
            "<error expanding template: error executing template __alert_A: template: __alert_A:1:165: executing \"__alert_A\" at <and>: wrong number of args for and: want at least 1 got 0>"
        ),
        (
            "{{ and 1 \"\" 2 }}|{{ or 0 \"\" 0.0 }}|{{ not \"x\" }}|{{ and true 5 }}",
            "|0|false|5"
        ),
        (
            "{{ and false (query \"m{\") }} {{ or true (first (query \"nothing\")) }}",
            "false true"
        ),
        (
            "{{ len \"héllo\" }} {{ len $labels }} {{ index $labels \"job\" }} {{ index $labels \"nope\" }}|{{ index \"abc\" 1 }} {{ slice \"abcdef\" 1 3 }} {{ slice \"abc\" 1 }}",
            "6 3 j |98 bc bc"
        ),
        (
            "{{ index \"abc\" 7 }}",
            "<error expanding template: error executing template __alert_A: template: __alert_A:1:115: executing \"__alert_A\" at <index \"abc\" 7>: error calling index: index out of range: 7>"
        ),
        (
            "{{ index 5 1 }}",
            "<error expanding template: error executing template __alert_A: template: __alert_A:1:115: executing \"__alert_A\" at <index 5 1>: error calling index: can't index item of type int>"
        ),
        (
            "{{ index $labels 5 }}",
            "<error expanding template: error executing template __alert_A: template: __alert_A:1:115: executing \"__alert_A\" at <index $labels 5>: error calling index: value has type int; should be string>"
        ),
        (
            "{{ len 5 }}",
            "<error expanding template: error executing template __alert_A: template: __alert_A:1:115: executing \"__alert_A\" at <len 5>: error calling len: len of type int>"
        ),
        (
            "{{ slice \"abc\" 2 1 }}",
            "<error expanding template: error executing template __alert_A: template: __alert_A:1:115: executing \"__alert_A\" at <slice \"abc\" 2 1>: error calling slice: invalid slice index: 2 > 1>"
        ),
        (
            "{{ print 1 2 \"a\" \"b\" 3 4.5 true }} {{ println \"a\" 1 }}|{{ print }}|{{ print 1e6 1e21 1.5e-7 123456.7 }}",
            "1 2ab3 4.5 true a 1\n||1e+06 1e+21 1.5e-07 123456.7"
        ),
        (
            "{{ printf \"%d %s %v %q %x %X %t %c %U %5d|%-5d|%05d|%+d|% d\" 5 \"s\" 1.5 \"q\\\"é\\n\" \"hi\" 255 true 65 0x1F600 42 42 42 42 42 }}",
            "5 s 1.5 \"q\\\"é\\n\" 6869 FF true A U+1F600    42|42   |00042|+42| 42"
        ),
        (
            "{{ printf \"%f %.2f %8.3f|%-8.1f|%08.2f|%+.1e|%g|%G|%e|%E\" 1.5 2.345 3.14159 2.5 -3.14159 12345.678 1e21 1e-10 0.0 1234.5 }}",
            "1.500000 2.35    3.142|2.5     |-0003.14|+1.2e+04|1e+21|1E-10|0.000000e+00|1.234500E+03"
        ),
        (
            "{{ printf \"%d\" \"x\" }} {{ printf \"%s\" 5 }} {{ printf \"%t\" 1 }} {{ printf \"%z\" 1 }} {{ printf \"%d\" }} {{ printf \"%d\" 1 2 \"x\" }} {{ printf \"%\" }} {{ printf \"100%%\" }} {{ printf \"%!\" 1 }}",
            "%!d(string=x) %!s(int=5) %!t(int=1) %!z(int=1) %!d(MISSING) 1%!(EXTRA int=2, string=x) %!(NOVERB) 100% %!!(int=1)"
        ),
        (
            "{{ printf \"%[2]d %[1]d\" 1 2 }} {{ printf \"%*d|%-*d|%.*f\" 5 1 5 2 2 3.14159 }} {{ printf \"%[5]d\" 1 }} {{ printf \"%[x]d\" 1 }} {{ printf \"%.3s|%10s|%-10s|%010s\" \"abcdef\" \"é\" \"é\" \"x\" }}",
            "2 1     1|2    |3.14 %!d(BADINDEX) %!d(BADINDEX) abc|         é|é         |000000000x"
        ),
        (
            "{{ printf \"%T %T %T %T %T\" 1 1.0 \"a\" true $labels }} {{ printf \"%v %+v\" $labels $labels }} {{ printf \"%s\" $labels }} {{ printf \"%d\" $labels }}",
            "int float64 string bool map[string]string map[__name__:m instance:i.example.com:80 job:j] map[__name__:m instance:i.example.com:80 job:j] map[__name__:m instance:i.example.com:80 job:j] map[%!d(string=__name__):%!d(string=m) %!d(string=instance):%!d(string=i.example.com:80) %!d(string=job):%!d(string=j)]"
        ),
        (
            "{{ printf \"%x %X %#x % x %#o %b %o %O\" 255 255 255 \"abc\" 8 5 8 8 }} {{ printf \"%5t|%-7t|\" true false }} {{ printf \"%5q|%q|%+q|%#q\" \"a\" 'x' \"é\" \"raw\" }}",
            "ff FF 0xff 61 62 63 010 101 10 0o10  true|false  |   \"a\"|'x'|\"\\u00e9\"|`raw`"
        ),
        (
            "{{ printf \"%5.1f%%\" 12.345 }} {{ printf \"%.0f\" 2.5 }} {{ printf \"%.0f\" 3.5 }} {{ printf \"%.3g\" 1234.5 }} {{ printf \"%6.2f|\" -1.005 }} {{ printf \"%v\" 1e20 }} {{ printf \"%d\" 1.5 }}",
            " 12.3% 2 4 1.23e+03  -1.00| 1e+20 %!d(float64=1.5)"
        ),
        (
            "{{ printf \"%s %v\" (toTime 0) (toTime 0.25) }} {{ printf \"%d %v\" nil nil }}",
            "1970-01-01 00:00:00 +0000 UTC 1970-01-01 00:00:00.25 +0000 UTC %!d(<nil>) <nil>"
        ),
        (
            "{{ html \"<a href=\\\"x\\\">'&'</a>\" }} {{ js \"it's \\\"<b>\\\" & = \\n é\" }} {{ urlquery \"a b&c=d/é~\" }} {{ html 1 \"<\" }}",
            "&lt;a href=&#34;x&#34;&gt;&#39;&amp;&#39;&lt;/a&gt; it\\'s \\\"\\u003Cb\\u003E\\\" \\u0026 \\u003D \\u000A é a+b%26c%3Dd%2F%C3%A9~ 1&lt;"
        ),
        (
            "{{ \"quoted\" }} {{ `raw\\n` }} {{ 'a' }} {{ '\\n' }} {{ 0x1F }} {{ 1_000 }} {{ 0b101 }} {{ 0o17 }} {{ 017 }} {{ 1e3 }} {{ .5 }} {{ -3 }} {{ +4.5 }} {{ 0x1p4 }} {{ true }}",
            "quoted raw\\n 97 10 31 1000 5 15 15 1000 0.5 -3 4.5 16 true"
        ),
        (
            "{{ nil }}",
            "<error expanding template: error executing template __alert_A: template: __alert_A:1:115: executing \"__alert_A\" at <nil>: nil is not a command>"
        ),
        (
            "{{ $x := 5 }}{{ $x }}{{ $x = 6 }}{{ $x }}{{ if true }}{{ $x = 7 }}{{ $y := 8 }}{{ $y }}{{ end }}{{ $x }}",
            "5687"
        ),
        (
            "{{ range $k, $v := $labels }}{{ $k }}={{ $v }},{{ end }}",
            "__name__=m,instance=i.example.com:80,job=j,"
        ),
        (
            "{{ range $v := $labels }}{{ $v }},{{ end }}",
            "m,i.example.com:80,j,"
        ),
        (
            "{{ range $labels }}{{ . }},{{ end }}",
            "m,i.example.com:80,j,"
        ),
        (
            "{{ range query \"nothing\" }}x{{ else }}none{{ end }}",
            "none"
        ),
        (
            "{{ range $i, $e := query \"m\" }}{{ $i }}:{{ $e.Labels.job }}{{ end }}",
            "0:j"
        ),
        (
            "{{ range $value }}x{{ end }}",
            "<error expanding template: error executing template __alert_A: template: __alert_A:1:121: executing \"__alert_A\" at <$value>: range can't iterate over 1.2345675e+06>"
        ),
        (
            "{{ with $labels.nope }}x{{ else }}empty{{ end }}{{ with $x := 5 }}{{ . }}{{ $x }}{{ end }}",
            "empty55"
        ),
        (
            "{{ define \"t\" }}[{{ . }}]{{ end }}{{ template \"t\" 5 }}{{ template \"t\" $labels.job }}{{ template \"t\" }}",
            "[5][j][<no value>]"
        ),
        (
            "{{ define \"x\" }}{{ .arg0 }} {{ .arg1 }} {{ .arg2 }}{{ end }}{{ template \"x\" (args 1 \"2\") }}",
            "1 2 <no value>"
        ),
        (
            "{{ block \"b\" $value }}<{{ . }}>{{ end }}",
            "<1.2345675e+06>"
        ),
        (
            "{{ template \"missing\" }}",
            "<error expanding template: error executing template __alert_A: template: __alert_A:1:124: executing \"__alert_A\" at <{{template \"missing\"}}>: template \"missing\" not defined>"
        ),
        (
            "{{ define \"r\" }}{{ if gt . 0 }}{{ . }}{{ end }}{{ end }}{{ template \"r\" 3 }}",
            "3"
        ),
        (
            "a {{- 1 -}} b  {{- /* comment */ -}}  c {{/* x */}} d",
            "a1bc  d"
        ),
        (
            "{{- 1 }}  {{ 2 -}}  ",
            "1  2"
        ),
        (
            "{{ (1) }} {{ ((2)) }} {{ (printf \"%d\" 3) | printf \"%s-%s\" \"x\" }}",
            "1 2 x-3"
        ),
        (
            "{{ $labels.job.foo }}",
            "<error expanding template: error executing template __alert_A: template: __alert_A:1:122: executing \"__alert_A\" at <$labels.job.foo>: can't evaluate field foo in type string>"
        ),
        (
            "{{ $value.foo }}",
            "<error expanding template: error executing template __alert_A: template: __alert_A:1:121: executing \"__alert_A\" at <$value.foo>: can't evaluate field foo in type float64>"
        ),
        (
            "{{ .Labels.job | len | printf \"%03d\" }}",
            "001"
        ),
        (
            "{{ 5 | printf \"%d\" | printf \"%s!\" }}",
            "5!"
        ),
        (
            "{{ toUpper 5 }}",
            "<error expanding template: error executing template __alert_A: template: __alert_A:1:123: executing \"__alert_A\" at <5>: expected string; found 5>"
        ),
        (
            "{{ toUpper $value }}",
            "<error expanding template: error executing template __alert_A: template: __alert_A:1:123: executing \"__alert_A\" at <$value>: wrong type for value; expected string; got float64>"
        ),
        (
            "{{ toUpper }}",
            "<error expanding template: error executing template __alert_A: template: __alert_A:1:115: executing \"__alert_A\" at <toUpper>: wrong number of args for toUpper: want 1 got 0>"
        ),
        (
            "{{ toUpper \"a\" \"b\" }}",
            "<error expanding template: error executing template __alert_A: template: __alert_A:1:115: executing \"__alert_A\" at <toUpper>: wrong number of args for toUpper: want 1 got 2>"
        ),
        (
            "{{ $labels.job \"x\" }}",
            "<error expanding template: error executing template __alert_A: template: __alert_A:1:122: executing \"__alert_A\" at <$labels.job>: job is not a method but has arguments>"
        ),
        (
            "{{ 5 6 }}",
            "<error expanding template: error executing template __alert_A: template: __alert_A:1:115: executing \"__alert_A\" at <5>: can't give argument to non-function 5>"
        ),
        (
            "{{ \"x\" | $labels.job }}",
            "<error expanding template: error executing template __alert_A: template: __alert_A:1:128: executing \"__alert_A\" at <$labels.job>: job is not a method but has arguments>"
        ),
        (
            "{{ (args 1).arg0 }} {{ (args 1).arg7 }}",
            "1 <no value>"
        ),
        (
            "{{ args 1 \"a\" }}",
            "map[arg0:1 arg1:a]"
        ),
        (
            "{{ call 5 }}",
            "<error expanding template: error executing template __alert_A: template: __alert_A:1:115: executing \"__alert_A\" at <call 5>: error calling call: non-function of type int>"
        ),
        (
            "{{ \"<b>\" | safeHtml }} {{ . | len }}",
            "<error expanding template: error executing template __alert_A: template: __alert_A:1:142: executing \"__alert_A\" at <len>: error calling len: len of type struct { Labels map[string]string; ExternalLabels map[string]string; ExternalURL string; Value interface {} }>"
        ),
        (
            "{{ len \"abc\" | eq 3 }}",
            "true"
        ),
        (
            "{{ if and (eq $labels.job \"j\") (gt $value 1.0) }}both{{ end }}",
            "both"
        ),
        (
            "{{ \"\\u00e9\\x41\\101\\U0001F600\" }}",
            "éAA😀"
        ),
        (
            "{{ print (index $labels \"job\") \"-\" (printf \"%.1f\" $value) }}",
            "j-1234567.5"
        ),
        (
            "{{ if eq \"a\" `a` }}same{{ end }}",
            "same"
        ),
        (
            "{{ range query \"m\" }}{{ break }}x{{ end }}y",
            "y"
        ),
        (
            "{{\n  $value\n  | humanize\n}}",
            "1.235M"
        ),
    ]

    /// Texts that are no templates, and why not. Nil where only carrying them out fails, if that.
    static let unreadable: [(template: String, message: String?)] = [
        ("{{", "template: __alert_A:1: unclosed action"),
        ("{{ }}", "template: __alert_A:1: missing value for command"),
        ("{{ $x }}", "template: __alert_A:1: undefined variable \"$x\""),
        ("{{ 1x }}", "template: __alert_A:1: bad number syntax: \"1x\""),
        ("{{ foo }}", "template: __alert_A:1: function \"foo\" not defined"),
        ("{{ if }}x{{ end }}", "template: __alert_A:1: missing value for if"),
        ("{{ if 1 }}", "template: __alert_A:1: unexpected EOF"),
        ("{{ end }}", "template: __alert_A:1: unexpected {{end}}"),
        ("{{ else }}", "template: __alert_A:1: unexpected {{else}}"),
        ("{{ \"abc }}", "template: __alert_A:1: unterminated quoted string"),
        ("{{ `abc }}", "template: __alert_A:1: unterminated raw quoted string"),
        ("{{ 'abc' }}", "template: __alert_A:1: malformed character constant: 'abc'"),
        ("{{ (1 }}", "template: __alert_A:1: unclosed left paren"),
        ("{{ 1) }}", "template: __alert_A:1: unexpected \")\" in command"),
        ("{{ 1 | 2 }}", "template: __alert_A:1: non executable command in pipeline stage 2"),
        ("{{ .a.b | .c }}", nil),
        ("{{ range $i, $j, $k := . }}{{ end }}", "template: __alert_A:1: too many declarations in range"),
        ("{{ $a, $b := . }}", "template: __alert_A:1: too many declarations in command"),
        ("{{ template }}", "template: __alert_A:1: unexpected \"}}\" in template clause"),
        ("{{ template foo }}", "template: __alert_A:1: unexpected \"foo\" in template clause"),
        (
            "{{ define \"x\" }}{{ end }}{{ define \"x\" }}a{{ end }}{{ define \"x\" }}b{{ end }}",
            "template: __alert_A:1: template: multiple definition of template \"x\""
        ),
        (
            "{{ if 1 }}{{ define \"x\" }}{{ end }}{{ end }}",
            "template: __alert_A:1: unexpected <define> in command"
        ),
        ("{{/* x }}", "template: __alert_A:1: unclosed comment"),
        ("{{/* x */ y }}", "template: __alert_A:1: comment ends before closing delimiter"),
        ("{{ @ }}", "template: __alert_A:1: unexpected \"@\" in command"),
        ("{{ a@b }}", "template: __alert_A:1: bad character U+0040 '@'"),
        ("{{ .x@ }}", "template: __alert_A:1: bad character U+0040 '@'"),
        ("{{ \"\\q\" }}", "template: __alert_A:1: invalid syntax"),
        ("{{ 5.x }}", "template: __alert_A:1: bad number syntax: \"5.x\""),
        ("{{ true.x }}", "template: __alert_A:1: unexpected . after term \"true\""),
        ("{{ nil.x }}", "template: __alert_A:1: unexpected . after term \"nil\""),
        ("{{ | }}", "template: __alert_A:1: unexpected \"|\" in command"),
        ("{{ 1 | }}", nil),
        ("{{ = 5 }}", "template: __alert_A:1: unexpected \"=\" in command"),
        ("{{ $x = 5 }}", nil),
        ("{{ if 1 }}a{{ else }}b{{ else }}c{{ end }}", "template: __alert_A:1: expected end; found {{else}}"),
        ("{{ , }}", "template: __alert_A:1: unexpected \",\" in command"),
        ("{{ : }}", "template: __alert_A:1: expected :="),
        ("{{ $value := }}", "template: __alert_A:1: missing value for command"),
        ("{{ 0x }}", "template: __alert_A:1: illegal number syntax: \"0x\""),
        ("{{ 1+2 }}", "template: __alert_A:1: bad number syntax: \"1+2\""),
        ("{{ - }}", "template: __alert_A:1: illegal number syntax: \"-\""),
        ("{{ and or }", "template: __alert_A:1: unexpected \"}\" in operand"),
        ("{{ .Labels. }}", "template: __alert_A:1: unexpected <.> in operand"),
        ("{{ (1).x( }}", "template: __alert_A:1: unexpected \"(\" in operand"),
        ("{{ if 1 }}{{ else if }}{{ end }}", "template: __alert_A:1: missing value for if"),
        ("{{ 99999999999999999999 }}", "template: __alert_A:1: integer overflow: \"99999999999999999999\""),
        ("{{ break }}", "template: __alert_A:1: {{break}} outside {{range}}"),
    ]
}

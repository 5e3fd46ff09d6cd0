package exportertest

import "strings"

// Hostile returns texts that users, microscopes and schedulers could supply and that
// break out of markup, paths, queries or templates where those are put together from text.
// All of them are valid in XML.
func Hostile() []string {
	return []string{
		`<script>alert("x")</script>`,
		`"><img src=x onerror=alert(1)>`,
		`'; DROP TABLE records; --`,
		`</title></Experiment>`,
		`]]> <!-- & &amp; &#x3C; -->`,
		`<![CDATA[x]]>`,
		`../../../../etc/passwd`,
		`..\..\windows\system32`,
		`/absolute/path`,
		`C:\con.txt`,
		`CON`,
		`con`,
		`name with a trailing dot.`,
		`name with a trailing blank `,
		"line one\nline two\ttab",
		`{{.}} ${x} %s %00 %2e%2e%2f`,
		`javascript:alert(1)`,
		`?a=b&c=d#e`,
		`日本語 – Ünïcödé – 🔬`,
		"Cafe\u0301",
		"Caf\u00e9",
		"right\u202eto left",
		strings.Repeat("long ", 60),
		strings.Repeat("é", 300),
		`case`,
		`CASE`,
		`*`,
		`...`,
	}
}

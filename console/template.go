package console

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"sync"
	"time"

	"carillon/api"
)

var funcs = template.FuncMap{
	"asset": assetURL, "date": date, "day": day, "number": number, "plural": plural, "account": func(id string) string { return accountPath(id) },
	"phone":   func(e164 string) string { return numberPath(e164) },
	"iamuser": func(name string) string { return iamUserPath(name) },
	"user":    func(accountID, userID string) string { return accountPath(accountID, "users", userID) },
}

// templates are the pages by name: each in the layout, with its parts. They are read
// for the first page, not by every command.
var templates = sync.OnceValue(func() map[string]*template.Template {
	return loadTemplates(pageNames...)
})

var pageNames = []string{
	"sign-in", "error", "overview", "accounts", "users", "user", "preview", "task", "import", "import-task",
	"domains", "invitations", "invitation", "retention", "account-settings", "account-delete", "scim",
	"audit", "audit-record", "audit-verify", "server", "backup",
	"rooms", "room", "bots", "bot",
	"numbers", "number", "number-search", "number-orders", "number-order",
	"access", "access-user", "once", "policies", "policy", "simulator",
}

func loadTemplates(names ...string) map[string]*template.Template {
	common := template.Must(template.New("").Funcs(funcs).ParseFS(files, "web/layout.tmpl", "web/parts.tmpl"))
	pages := map[string]*template.Template{}
	for _, name := range names {
		pages[name] = template.Must(template.Must(common.Clone()).ParseFS(files, "web/"+name+".tmpl"))
	}
	return pages
}

// date shows a moment to the minute, and to machines exactly.
func date(t api.Timestamp) template.HTML { return timeElement(t, "2006-01-02 15:04 UTC", "") }

// day shows the day of a moment, where many columns share the width, and the moment to
// who points at it.
func day(t api.Timestamp) template.HTML {
	return timeElement(t, time.DateOnly, ` title="`+t.Time().UTC().Format("2006-01-02 15:04 UTC")+`"`)
}

func timeElement(t api.Timestamp, layout, attributes string) template.HTML {
	if t == 0 {
		return `<span class="none">never</span>`
	}
	at := t.Time().UTC()
	return template.HTML(`<time datetime="` + at.Format(time.RFC3339) + `"` + attributes + `>` + at.Format(layout) + "</time>")
}

// number shows thousands apart.
func number(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return number(n) + " " + one + "s"
}

// bar is one line of a chart, in units of its picture.
type bar struct {
	Label, URL string
	Users      int
	Share      string
	Y, Width   int
}

// chartWidth is the width of the longest bar.
const chartWidth = 300

// bars makes a chart of counts.
func bars(counts []api.CountOfUsers) []bar {
	most, total := 1, 0
	for _, c := range counts {
		most, total = max(most, c.Users.V), total+c.Users.V
	}
	list := make([]bar, len(counts))
	for i, c := range counts {
		list[i] = bar{Label: c.Value.V + c.Name.V, Users: c.Users.V, Y: i * 24, Width: max(2, c.Users.V*chartWidth/most)}
		if c.AccountId.Set {
			list[i].URL = accountPath(c.AccountId.V)
		}
		if total > 0 {
			list[i].Share = fmt.Sprintf("%.0f %%", 100*float64(c.Users.V)/float64(total))
		}
	}
	return list
}

// split returns the parts of a list that people typed.
func split(text string) (list []string) {
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(";,\r\n\t ", r) }) {
		list = append(list, part)
	}
	return list
}

package console

import "strings"

// form is a form as templates show it.
type form struct {
	// Name tells the forms of a page apart, Action is where it is sent.
	Name, Action string
	Title, Hint  string
	Button       string
	Danger       bool
	From         string // the page that it is on, and comes back to; empty: the action knows
	Fields       []field
}

// field is one thing to fill in. Its name is that of the member of the input, by
// which errors are found.
type field struct {
	Name, Label, Value string
	Hint, Error        string
	Kind               string // text, textarea, select or checkbox
	Required           bool
	Options            []option // to choose from; of a text, proposals
	ID                 string
}

type option struct {
	Value, Label string
	Chosen       bool
}

// options makes the choices of values that are their own labels.
func options(chosen string, values ...string) (list []option) {
	for _, v := range values {
		list = append(list, option{v, v, v == chosen})
	}
	return list
}

// anyOf is options with one for none of them.
func anyOf(chosen string, values ...string) []option {
	return append([]option{{"", "Any", false}}, options(chosen, values...)...)
}

// filled puts into a form what its sender had put into it, and says at each field
// what was wrong with it.
func (p *page) filled(f form) *form {
	r := p.result()
	for i := range f.Fields {
		c := &f.Fields[i]
		c.ID = f.Name + "-" + c.Name
		if r == nil || !r.Bad || r.Form != f.Name {
			continue
		}
		if v, ok := r.Values[c.Name]; ok && c.Kind != "checkbox" && c.Kind != "select" {
			c.Value = v
		}
		if names(r.Text, c.Name) {
			c.Error = r.Text
		}
	}
	return &f
}

// names reports whether a message names a member.
func names(message, member string) bool {
	_, rest, found := strings.Cut(strings.ToLower(message), strings.ToLower(member))
	return found && (rest == "" || strings.ContainsAny(rest[:1], " '\"[:.,"))
}

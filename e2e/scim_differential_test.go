package e2e

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	oracle "github.com/scim2/filter-parser/v2"

	"carillon/scim/filter"
	"carillon/scim/schema"
)

// randomFilter returns a filter of the standard, nested so often at most.
func randomFilter(r *rand.Rand, depth int) string {
	one := func(list ...string) string { return list[r.IntN(len(list))] }
	compare := func(path string) string {
		if r.IntN(5) == 0 {
			return path + " pr"
		}
		return path + " " + one("eq", "ne", "co", "sw", "ew", "Eq") + " " + one(`"a"`, `"A b"`, `""`, `"ä"`)
	}
	if depth > 0 {
		switch r.IntN(4) {
		case 0:
			return randomFilter(r, depth-1) + one(" and ", " or ", " AND ") + randomFilter(r, depth-1)
		case 1:
			return one("", "not ") + "(" + randomFilter(r, depth-1) + ")"
		case 2:
			return "emails[" + compare("type") + one(" and ", " or ") + compare("value") + "]"
		}
	}
	return compare(one("userName", "displayName", "name.givenName", "emails.value", "title", "urn:ietf:params:scim:schemas:core:2.0:User:userName", enterpriseUser+":department"))
}

// Our parser and another one read the same into the filters of the standard: the
// trees are the same.
func TestScim_filter_differential(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(13, 7))
	for range 3000 {
		text := randomFilter(r, 3)
		theirs, err := oracle.ParseFilter([]byte(text))
		if err != nil {
			t.Fatalf("%s: the other one: %v", text, err)
		}
		ours, err := filter.Parse(schema.Users, text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if got, want := treeOf(ours), theirTree(theirs); got != want {
			t.Fatalf("%s:\nours   %s\ntheirs %s", text, got, want)
		}
	}
}

// joinedTree writes a list of conditions, or the only one. Who joins in the same way
// inside is taken apart: a and (b and c) is a and b and c.
func joinedTree(by string, parts ...string) string {
	var flat []string
	for _, p := range parts {
		inner, ok := strings.CutPrefix(p, by+"{")
		if ok {
			flat = append(flat, strings.TrimSuffix(inner, "}"))
			continue
		}
		flat = append(flat, p)
	}
	return by + "{" + strings.Join(flat, "; ") + "}"
}

func treeOf(f filter.Filter) string {
	var parts []string
	switch f := f.(type) {
	case filter.And:
		for _, each := range f {
			parts = append(parts, treeOf(each))
		}
		return joinedTree("and", parts...)
	case filter.Or:
		for _, each := range f {
			parts = append(parts, treeOf(each))
		}
		return joinedTree("or", parts...)
	case filter.Not:
		return "not{" + treeOf(f.Filter) + "}"
	}
	c := f.(filter.Compare)
	name := c.Path.Attribute.Name
	if c.Path.Part != nil {
		name += "." + c.Path.Part.Name
	}
	if c.Where != nil {
		return name + "[" + treeOf(c.Where) + "]"
	}
	return comparison(name, c.Op, c.Value)
}

func comparison(name, op string, value any) string {
	if op == "pr" {
		return name + " pr"
	}
	return fmt.Sprintf("%s %s %q", name, op, value)
}

func theirTree(e oracle.Expression) string {
	switch e := e.(type) {
	case *oracle.LogicalExpression:
		return joinedTree(strings.ToLower(string(e.Operator)), theirTree(e.Left), theirTree(e.Right))
	case *oracle.NotExpression:
		return "not{" + theirTree(e.Expression) + "}"
	case *oracle.ValuePath:
		return e.AttributePath.AttributeName + "[" + theirTree(e.ValueFilter) + "]"
	case *oracle.AttributeExpression:
		name := e.AttributePath.AttributeName
		if sub := e.AttributePath.SubAttributeName(); sub != "" {
			name += "." + sub
		}
		return comparison(name, strings.ToLower(string(e.Operator)), e.CompareValue)
	}
	return fmt.Sprintf("%T", e)
}

// Command permissions writes docs/permissions.md out of the tables: what every
// operation is called in policies, what it is about, and who may call it.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"strings"

	"carillon/access"
	"carillon/api"
	"carillon/api/cloudtrail"
	"carillon/api/iam"
	"carillon/api/sts"
	"carillon/policy"
	"carillon/store"
)

//go:generate go run . -out ../../docs/permissions.md

func main() {
	log.SetFlags(0)
	log.SetPrefix("permissions: ")
	out := flag.String("out", "../../docs/permissions.md", "file to write")
	flag.Parse()
	text, err := page()
	if err == nil {
		err = os.WriteFile(*out, []byte(text), 0o644)
	}
	if err != nil {
		log.Fatal(err)
	}
}

const head = `# Permissions

<!-- Written by internal/permissions (make gen). -->

What an IAM user may do, policies say: those of its own and the managed ones that are attached to it. The root key may
do everything. The last column names the built-in managed policies that allow an operation, as
` + "`arn:aws:iam::aws:policy/NAME`" + `; where it says "root key only", no policy can. Actions are matched without regard to
case, ` + "`*` and `?`" + ` in them are wildcards. Where the resource is ` + "`*`" + `, a statement has to have ` + "`\"Resource\": \"*\"`" + ` to
be about the operation. What stands in braces is taken from the request: ` + "`{user}`" + ` is path and name of the user whom the
operation is about, ` + "`{owner}`" + ` of the one whose key it names.
`

// sections are the tables with what they are called on the page.
var sections = []struct {
	title string
	ops   []api.Op
	of    func(*api.Op) bool
}{
	{"Amazon Chime", api.Ops, func(op *api.Op) bool { return op.Audience == api.Public }},
	{"Carillon's own operations", api.Ops, func(op *api.Op) bool { return op.Audience != api.Public }},
	{"IAM", iam.Ops, all},
	{"STS", sts.Ops, all},
	{"CloudTrail", cloudtrail.Ops, all},
}

func all(*api.Op) bool { return true }

func page() (string, error) {
	sets, err := managed()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(head)
	for _, s := range sections {
		fmt.Fprintf(&b, "\n## %s\n\n| operation | action | access | resource | allowed by |\n|---|---|---|---|---|\n", s.title)
		for i := range s.ops {
			if op := &s.ops[i]; s.of(op) {
				fmt.Fprintf(&b, "| %s | `%s` | %s | `%s` | %s |\n", op.Name, op.Action, kind(op), op.Resource, sets.allowing(op))
			}
		}
	}
	return b.String(), nil
}

func kind(op *api.Op) string {
	if op.Writes {
		return "write"
	}
	return "read"
}

// grants are the built-in managed policies, compiled one by one.
type grants []grant

type grant struct {
	name string
	set  *policy.Set
}

func managed() (list grants, err error) {
	for _, p := range access.Managed() {
		set, err := access.Compile(&store.IamUser{}, []store.IamGrant{{Name: p.ARN(), Managed: true}})
		if err != nil {
			return nil, err
		}
		list = append(list, grant{p.Name, set})
	}
	return list, nil
}

// allowing lists the policies that allow an operation, whatever it is about.
func (list grants) allowing(op *api.Op) string {
	switch {
	case op.Audience == api.RootOnly:
		return "root key only"
	case op.Audience == api.Bearer:
		return "whoever has the secret address; not signed"
	case op.Free:
		return "everybody, whatever policies say"
	}
	var names []string
	for _, g := range list {
		if g.set.Decide(&policy.Request{Action: op.Action, Resource: op.Resource}) == policy.Allowed {
			names = append(names, g.name)
		}
	}
	return strings.Join(names, ", ")
}

package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

type manCmd struct{}

// Run prints the manual page, in the language of man.
func (*manCmd) Run(app *kong.Kong, s streams) error {
	manHead(s.out, app)
	for _, leaf := range app.Model.Leaves(true) {
		manCommand(s.out, leaf)
	}
	fmt.Fprint(s.out, manTail)
	return nil
}

func manHead(w io.Writer, app *kong.Kong) {
	fmt.Fprintf(w, ".TH CARILLON 1 \"\" %s \"User Commands\"\n", roffWord("carillon "+version))
	fmt.Fprintf(w, ".SH NAME\ncarillon \\- %s\n", roff(strings.TrimSuffix(app.Model.Help, ".")))
	fmt.Fprint(w, ".SH SYNOPSIS\n.B carillon\n.I COMMAND\n[\\fIFLAGS\\fR]\n")
	fmt.Fprint(w, ".SH OPTIONS\nOf every command:\n")
	for _, f := range app.Model.Flags {
		manFlag(w, f)
	}
	fmt.Fprint(w, ".SH COMMANDS\n")
}

func manCommand(w io.Writer, node *kong.Node) {
	fmt.Fprintf(w, ".SS %s\n%s\n", roffWord("carillon "+commandPath(node)+synopsis(node)), roff(node.Help))
	for _, p := range node.Positional {
		fmt.Fprintf(w, ".TP\n\\fI%s\\fR\n%s\n", roff(strings.ToUpper(p.Name)), roff(p.Help))
	}
	for n := node; n.Type != kong.ApplicationNode; n = n.Parent {
		for _, f := range n.Flags {
			if !f.Hidden {
				manFlag(w, f)
			}
		}
	}
}

// synopsis has the arguments that a command takes besides flags.
func synopsis(node *kong.Node) (text string) {
	for _, p := range node.Positional {
		name := strings.ToUpper(p.Name)
		if p.IsSlice() {
			name += "…"
		}
		if !p.Required {
			name = "[" + name + "]"
		}
		text += " " + name
	}
	return text
}

func manFlag(w io.Writer, f *kong.Flag) {
	value := ""
	if !f.IsBool() {
		value = "=\\fI" + roff(strings.ToUpper(strings.Trim(f.FormatPlaceHolder(), `"'`))) + "\\fR"
	}
	fmt.Fprintf(w, ".TP\n\\fB\\-\\-%s\\fR%s\n%s\n", roff(f.Name), value, roff(f.Help))
	if f.HasDefault && f.Default != "" {
		fmt.Fprintf(w, "Default: %s.\n", roff(defaultText(f)))
	}
	if len(f.Envs) > 0 {
		fmt.Fprintf(w, "Variable: %s.\n", roff(f.Envs[0]))
	}
}

// defaultText keeps the page the same on every machine.
func defaultText(f *kong.Flag) string {
	if f.Default == defaultData() {
		return "$XDG_DATA_HOME/carillon, else ~/.local/share/carillon"
	}
	return f.Default
}

// roff escapes a text for the body of the page: no line of it is a command.
func roff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`, "\n", " ", "…", `\[u2026]`, "–", `\(en`, "—", `\(em`, "’", `\(cq`, "“", `\(lq`, "”", `\(rq`).Replace(s)
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		s = `\&` + s
	}
	return s
}

// roffWord escapes a text as one argument of a command of man.
func roffWord(s string) string { return `"` + strings.ReplaceAll(roff(s), `"`, `\(dq`) + `"` }

const manTail = `.SH SETTINGS
A flag goes before its variable, that before a file with a secret (the variable with _FILE), that before a key of the file that
\fB\-\-config\fR names (the flag\(aqs name, TOML or YAML), that before the default.
.SH "EXIT STATUS"
0: done. 1: failed. 2: wrong usage.
.SH FILES
.TP
.I ~/.aws/config, ~/.aws/credentials
Profiles that the client commands read as AWS tools do.
.TP
.I /etc/carillon/carillon.toml
Settings of the service that the packages install.
`

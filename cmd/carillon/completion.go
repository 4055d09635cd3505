package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

type completionCmd struct {
	Shell string `arg:"" help:"bash, zsh or fish." enum:"bash,zsh,fish"`
}

// Run prints a script for the shell to read at its start.
func (c *completionCmd) Run(app *kong.Kong, s streams) error {
	write := map[string]func(io.Writer, []word){"bash": bashScript, "zsh": zshScript, "fish": fishScript}[c.Shell]
	write(s.out, wordsOf(app.Model.Node))
	return nil
}

// word is what may come next on a command line.
type word struct {
	after string // the commands before it, as in "account create"
	text  string // as it is typed
	help  string
	// values are what may follow: of a flag with a fixed set of them, or of an
	// argument, which has no text.
	values []string
	file   bool // what follows is a path
	flag   bool
	takes  bool // a value follows
}

// wordsOf lists the words of all commands.
func wordsOf(node *kong.Node) (words []word) {
	after := commandPath(node)
	for _, child := range node.Children {
		if !child.Hidden {
			words = append(words, word{after: after, text: child.Name, help: child.Help})
			words = append(words, wordsOf(child)...)
		}
	}
	for _, p := range node.Positional {
		words = append(words, word{after: after, values: choices(p), file: isPath(p), takes: true})
	}
	for _, group := range node.AllFlags(true) {
		for _, f := range group {
			words = append(words, word{after, "--" + f.Name, f.Help, choices(f.Value), isPath(f.Value), true, !f.IsBool()})
		}
	}
	return words
}

// commandPath is a command without the program's name.
func commandPath(node *kong.Node) string {
	var names []string
	for n := node; n.Type != kong.ApplicationNode; n = n.Parent {
		names = append(names, n.Name)
	}
	slices.Reverse(names)
	return strings.Join(names, " ")
}

func choices(v *kong.Value) []string {
	if v.Enum == "" {
		return nil
	}
	return v.EnumSlice()
}

// isPath tells by the word that help shows for the value.
func isPath(v *kong.Value) bool {
	return slices.Contains([]string{"FILE", "DIR"}, strings.ToUpper(v.Tag.PlaceHolder)) || strings.Contains(v.Tag.Type, "file") || v.Name == "file"
}

// bashScript completes by two tables: what may follow a command, and what may
// follow a flag.
func bashScript(w io.Writer, words []word) {
	io.WriteString(w, bashHead) //nolint:errcheck // as all that is printed
	for _, line := range table(words) {
		fmt.Fprintf(w, "        %s) words=%s ;;\n", shellQuote(line[0]), shellQuote(line[1]))
	}
	io.WriteString(w, bashMiddle) //nolint:errcheck
	for _, f := range words {
		if f.flag && f.takes {
			fmt.Fprintf(w, "        %s) values=%s ;;\n", shellQuote(f.after+" "+f.text), shellQuote(valuesOf(f)))
		}
	}
	io.WriteString(w, bashTail) //nolint:errcheck
}

// valuesOf returns the values of a flag, as the scripts have them: "/" stands
// for a path.
func valuesOf(f word) string {
	if f.file {
		return "/"
	}
	return strings.Join(f.values, " ")
}

// table has a line for each command: all that may follow it.
func table(words []word) (lines [][2]string) {
	at := map[string]int{}
	for _, w := range words {
		i, known := at[w.after]
		if !known {
			i = len(lines)
			at[w.after] = i
			lines = append(lines, [2]string{w.after, ""})
		}
		next := w.text
		if next == "" {
			next = valuesOf(w)
		}
		lines[i][1] = strings.TrimSpace(lines[i][1] + " " + next)
	}
	return lines
}

const bashHead = `# bash completion for carillon. For this shell: eval "$(carillon completion bash)"

_carillon_words() {
    case $1 in
`

const bashMiddle = `        *) return 1 ;;
    esac
}

_carillon_values() {
    case $1 in
`

const bashTail = `        *) return 1 ;;
    esac
}

_carillon() {
    local current=${COMP_WORDS[COMP_CWORD]} previous='' command='' words='' values='' i
    for ((i = 1; i < COMP_CWORD; i++)); do
        words=${COMP_WORDS[i]}
        if [[ $words == = ]]; then
            continue
        elif [[ $words == -* ]]; then
            previous=$words
            _carillon_values "$command $words" || previous=''
        elif [[ -n $previous ]]; then
            previous=''
        elif _carillon_words "${command:+$command }$words"; then
            command=${command:+$command }${COMP_WORDS[i]}
        fi
    done
    [[ $current == = ]] && current=''
    COMPREPLY=()
    if [[ -n $previous ]]; then
        _carillon_values "$command $previous"
    else
        _carillon_words "$command"
        values=$words
    fi
    if [[ $values == / || $values == '/ '* || $values == *' / '* ]]; then
        compopt -o filenames 2>/dev/null
        while IFS= read -r i; do COMPREPLY+=("$i"); done < <(compgen -f -- "$current")
    fi
    while IFS= read -r i; do [[ $i != / ]] && COMPREPLY+=("$i"); done < <(compgen -W "$values" -- "$current")
    return 0
}

complete -F _carillon carillon
`

// zshScript lets zsh run the completion of bash, which it has a module for.
func zshScript(w io.Writer, words []word) {
	io.WriteString(w, "#compdef carillon\n# For this shell: eval \"$(carillon completion zsh)\"\nautoload -Uz compinit bashcompinit\n(( $+functions[compdef] )) || compinit\nbashcompinit\n\n") //nolint:errcheck
	bashScript(w, words)
}

// fishScript has a line for each word.
func fishScript(w io.Writer, words []word) {
	io.WriteString(w, fishHead) //nolint:errcheck
	inner := map[string]bool{}
	for _, next := range words {
		inner[next.after] = inner[next.after] || !next.flag && next.text != ""
	}
	for _, next := range words {
		condition := "__carillon_after " + fishQuote(next.after)
		if !inner[next.after] { // arguments may follow
			condition += " args"
		}
		line := "complete -c carillon -n " + fishQuote(condition)
		switch {
		case next.flag:
			line += " -l " + strings.TrimPrefix(next.text, "--")
		case next.text != "":
			line += " -a " + next.text
		}
		if next.help != "" {
			line += " -d " + fishQuote(next.help)
		}
		fmt.Fprintln(w, line+fishValues(next))
	}
}

func fishValues(next word) string {
	switch {
	case next.file:
		return " -r -F"
	case len(next.values) > 0 && next.flag:
		return " -x -a " + fishQuote(strings.Join(next.values, " "))
	case len(next.values) > 0:
		return " -a " + fishQuote(strings.Join(next.values, " "))
	case next.flag && next.takes:
		return " -x"
	}
	return ""
}

const fishHead = `# fish completion for carillon. For this shell: carillon completion fish | source
function __carillon_after
    set -l words
    for word in (commandline -opc)[2..]
        string match -q -- '-*' $word; or set -a words $word
    end
    test "$words" = "$argv[1]"; or begin; test "$argv[2]" = args; and string match -q -- "$argv[1] *" "$words"; end
end

complete -c carillon -f
`

// fishQuote quotes a word for fish.
func fishQuote(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(s) + "'"
}

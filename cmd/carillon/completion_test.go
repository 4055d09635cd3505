package main

import (
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// script writes the completion script of a shell and returns its path; it
// skips where the shell is not installed.
func script(t *testing.T, shell string) string {
	t.Helper()
	if _, err := exec.LookPath(shell); err != nil {
		t.Skipf("SKIPPED: %s is not installed", shell)
	}
	return write(t, "completion", carillon(t, "completion", shell).out)
}

// completions are command lines, the last word unfinished, and what comes of it.
var completions = []struct {
	line       string
	want, bars []string // offered, and not
}{
	{"", []string{"serve", "account", "version", "--config"}, []string{"create", "--listen"}},
	{"acc", []string{"account"}, []string{"audit"}},
	{"account ", []string{"create", "list"}, []string{"serve", "json"}},
	{"account create --t", []string{"--type"}, []string{"--name"}},
	{"account create --type ", []string{"Team", "EnterpriseOIDC"}, []string{"--name"}},
	{"account create --name list --", []string{"--type", "--output"}, []string{"create"}},
	{"account create --output = t", []string{"table"}, []string{"json"}},
	{"serve --pprof --fid", []string{"--fidelity"}, []string{"--pprof"}},
	{"serve --listen x --fidelity ", []string{"documented", "observed"}, []string{"--pprof"}},
	{"completion ", []string{"bash", "zsh", "fish"}, nil},
	{"nonsense --out", nil, []string{"--output"}},
}

func TestCompletion_bash(t *testing.T) {
	path := script(t, "bash")
	const program = `source "$1"; shift; COMP_WORDS=(carillon "$@"); COMP_CWORD=$#; _carillon; printf '%s\n' "${COMPREPLY[@]}"`
	for _, test := range completions {
		args := append([]string{"--norc", "-c", program, "bash", path}, strings.Split(test.line, " ")...)
		out, err := exec.Command("bash", args...).CombinedOutput()
		if err != nil {
			t.Fatalf("%q: %v: %s", test.line, err, out)
		}
		checkOffer(t, test.line, strings.Fields(string(out)), test.want, test.bars)
	}
}

func checkOffer(t *testing.T, line string, got, want, bars []string) {
	t.Helper()
	for _, w := range want {
		if !slices.Contains(got, w) {
			t.Errorf("%q: %s is not offered: %v", line, w, got)
		}
	}
	for _, w := range bars {
		if slices.Contains(got, w) {
			t.Errorf("%q: %s is offered", line, w)
		}
	}
}

// Where a path is wanted, files are offered, whatever blanks their names have.
func TestCompletion_bashFiles(t *testing.T) {
	path := script(t, "bash")
	file := write(t, "my users.csv", "")
	for _, line := range []string{"serve --tls-cert", "user import", "--config"} {
		program := `source "$1"; shift; COMP_WORDS=(carillon $1 "$2"); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _carillon; printf '%s\n' "${COMPREPLY[@]}"`
		out, err := exec.Command("bash", "--norc", "-c", program, "bash", path, line, filepath.Dir(file)+"/my").CombinedOutput()
		if err != nil || strings.TrimSpace(string(out)) != file {
			t.Errorf("%s: %v, got %q, want %q", line, err, out, file)
		}
	}
}

func TestCompletion_zsh(t *testing.T) {
	path := script(t, "zsh")
	if out, err := exec.Command("zsh", "-f", "-c", `source "$1" && (( $+functions[_carillon] )) && (( $+_comps[carillon] ))`, "zsh", path).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

func TestCompletion_fish(t *testing.T) {
	path := script(t, "fish")
	for _, test := range completions {
		if strings.Contains(test.line, " = ") || strings.HasPrefix(test.line, "nonsense") {
			continue // fish has its own words
		}
		out, err := exec.Command("fish", "--no-config", "-c", `source $argv[1]; complete -C "carillon $argv[2]"`, path, test.line).CombinedOutput()
		if err != nil {
			t.Fatalf("%q: %v: %s", test.line, err, out)
		}
		var got []string
		for line := range strings.Lines(string(out)) {
			got = append(got, strings.Fields(line)[0])
		}
		want := slices.DeleteFunc(slices.Clone(test.want), func(w string) bool { // fish offers flags after a dash only
			return strings.HasPrefix(w, "--") && !strings.Contains(test.line, "--")
		})
		checkOffer(t, test.line, got, want, test.bars)
	}
}

func TestCompletion_usage(t *testing.T) {
	carillon(t, "completion", "csh").want(t, "csh", exitUsage, "bash", "fish")
}

// The page names every command and flag, and man has nothing to say against it.
func TestMan(t *testing.T) {
	page := carillon(t, "man").out
	for _, w := range wordsOf(newParser(&cli{}, streams{io.Discard, io.Discard}, func(int) {}).Model.Node) {
		text := strings.ReplaceAll(w.text, "-", `\-`)
		if !strings.Contains(page, text) {
			t.Errorf("the page has no %s", w.text)
		}
	}
	if _, err := exec.LookPath("groff"); err != nil {
		t.Skip("SKIPPED: groff is not installed")
	}
	cmd := exec.Command("groff", "-man", "-ww", "-Tutf8", "-z")
	cmd.Stdin = strings.NewReader(page)
	if out, err := cmd.CombinedOutput(); err != nil || len(out) != 0 {
		t.Errorf("groff: %v\n%.500s", err, out)
	}
}

func TestRoff(t *testing.T) {
	for text, want := range map[string]string{
		".TH": `\&.TH`, "'a": `\&'a`, `a\b-c`: `a\eb\-c`, "a\n.b": `a .b`,
	} {
		if got := roff(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

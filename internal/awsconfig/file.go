package awsconfig

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// section is what stands below one head of a file. Keys are in lower case; a
// setting below another one, as in a services section, has the key "outer.inner".
type section map[string]string

// file is one of the two files, by head: "default", "profile x", "services x".
type file map[string]section

// readFile reads a file; one that is not there is empty.
func readFile(path string) (file, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return file{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the AWS configuration: %w", err)
	}
	return parse(string(text)), nil
}

// parse reads the text of a file. What AWS tools pass over, it passes over:
// settings before the first head, and lines that are neither head nor setting.
func parse(text string) file {
	f := file{}
	var current section
	outer := ""
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		indented := strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t")
		line = uncomment(strings.TrimSpace(line))
		if head, ok := headOf(line); ok && !indented {
			current, outer = f.section(head), ""
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if current == nil || !ok {
			continue
		}
		key, value = strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(value)
		if indented && outer != "" {
			current[outer+"."+key] = value
			continue
		}
		current[key], outer = value, ""
		if value == "" {
			outer = key
		}
	}
	return f
}

// section returns a section; one that is there more than once is one.
func (f file) section(head string) section {
	if f[head] == nil {
		f[head] = section{}
	}
	return f[head]
}

// uncomment takes away what follows # or ; at the beginning of a line or after
// a blank.
func uncomment(line string) string {
	if strings.HasPrefix(line, "#") || strings.HasPrefix(line, ";") {
		return ""
	}
	for _, mark := range []string{" #", " ;", "\t#", "\t;"} {
		line, _, _ = strings.Cut(line, mark)
	}
	return strings.TrimSpace(line)
}

// headOf returns the head in a line such as [profile  x]: words apart by one
// blank.
func headOf(line string) (string, bool) {
	inner, ok := strings.CutPrefix(line, "[")
	inner, _, closed := strings.Cut(inner, "]")
	return strings.Join(strings.Fields(inner), " "), ok && closed
}

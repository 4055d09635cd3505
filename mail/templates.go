package mail

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"text/template"

	"golang.org/x/text/language"
)

//go:embed templates
var builtIn embed.FS

// maxTemplate is the largest file of a template, in bytes.
const maxTemplate = 1 << 20

// fileName is the name of a template's file: invitation.LANGUAGE.txt or .html.
var fileName = regexp.MustCompile(`^invitation\.([A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*)\.(txt|html)$`)

// templates are those of all languages. Each has a text, whose first line is the
// subject, and an HTML.
type templates struct {
	plain   map[language.Tag]*template.Template
	html    map[language.Tag]*htmltemplate.Template
	tags    []language.Tag // the first one is the default
	matcher language.Matcher
}

// loadTemplates reads those of the program and those of a directory in their place.
func loadTemplates(dir string) (*templates, error) {
	t := &templates{plain: map[language.Tag]*template.Template{}, html: map[language.Tag]*htmltemplate.Template{}}
	own, err := fs.Sub(builtIn, "templates")
	if err != nil {
		return nil, err
	}
	if err := t.read(own); err != nil {
		return nil, err
	}
	if dir != "" {
		if err := t.readDirectory(dir); err != nil {
			return nil, err
		}
	}
	return t, t.finish()
}

func (t *templates) readDirectory(dir string) error {
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is no directory", dir)
	}
	if err := t.read(os.DirFS(dir)); err != nil {
		return fmt.Errorf("%s: %w", filepath.Clean(dir), err)
	}
	return nil
}

// read adds the templates of a directory; other files are left alone.
func (t *templates) read(dir fs.FS) error {
	files, err := fs.ReadDir(dir, ".")
	if err != nil {
		return err
	}
	for _, file := range files {
		if m := fileName.FindStringSubmatch(file.Name()); m != nil {
			if err := t.parse(dir, file.Name(), m[1], m[2]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *templates) parse(dir fs.FS, name, tag, ending string) error {
	lang, err := language.Parse(tag)
	if err != nil {
		return fmt.Errorf("%s: the language is none", name)
	}
	content, err := fs.ReadFile(dir, name)
	if err != nil {
		return err
	}
	if len(content) > maxTemplate {
		return fmt.Errorf("%s has more than %d bytes", name, maxTemplate)
	}
	if ending == "html" {
		t.html[lang], err = htmltemplate.New(name).Parse(string(content))
		return err
	}
	t.plain[lang], err = template.New(name).Parse(string(content))
	return err
}

// finish checks that all languages are complete and can be shown.
func (t *templates) finish() error {
	t.tags = []language.Tag{language.English}
	for tag := range t.plain {
		if t.html[tag] == nil {
			return fmt.Errorf("invitation.%s.html is missing", tag)
		}
		if tag != language.English {
			t.tags = append(t.tags, tag)
		}
	}
	for tag := range t.html {
		if t.plain[tag] == nil {
			return fmt.Errorf("invitation.%s.txt is missing", tag)
		}
	}
	t.matcher = language.NewMatcher(t.tags)
	for _, tag := range t.tags {
		if _, err := t.renderIn(tag, &Invitation{}); err != nil {
			return err
		}
	}
	return nil
}

// rendered is the text of a mail.
type rendered struct{ language, subject, plain, html string }

// data is what templates can show.
type data struct {
	AccountName, InvitedBy, EmailAddress, Url string
	// Expires is the day until which the link is good, as in 2026-12-27.
	Expires string
}

// render makes the text of a mail in the best language that there is.
func (t *templates) render(i *Invitation) (rendered, error) {
	wanted, _, _ := language.ParseAcceptLanguage(i.Languages) // what cannot be read asks for nothing
	_, index, _ := t.matcher.Match(wanted...)
	return t.renderIn(t.tags[index], i)
}

func (t *templates) renderIn(tag language.Tag, i *Invitation) (rendered, error) {
	d := data{
		AccountName: oneLine(i.AccountName), InvitedBy: oneLine(i.InvitedBy), EmailAddress: i.To, Url: i.URL,
		Expires: i.Expires.UTC().Format("2006-01-02"),
	}
	var plain, html bytes.Buffer
	if err := errors.Join(t.plain[tag].Execute(&plain, d), t.html[tag].Execute(&html, d)); err != nil {
		return rendered{}, err
	}
	first, rest, _ := strings.Cut(plain.String(), "\n")
	subject, found := strings.CutPrefix(first, "Subject: ")
	if !found {
		return rendered{}, fmt.Errorf("the first line of invitation.%s.txt has to begin with \"Subject: \"", tag)
	}
	return rendered{tag.String(), strings.TrimSpace(subject), strings.TrimLeft(rest, "\r\n"), html.String()}, nil
}

// oneLine returns a text that breaks no line of a header.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

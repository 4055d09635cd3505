package userlist_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"carillon/internal/userlist"
)

func open(t testing.TB, text string, wanted userlist.Encoding) (*userlist.List, error) {
	t.Helper()
	return userlist.Open(func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }, wanted)
}

// read returns the rows of a list in short: line and user, or line and problem.
func read(t testing.TB, text string) string {
	t.Helper()
	l, err := open(t, text, userlist.Auto)
	if err != nil {
		return err.Error()
	}
	var out strings.Builder
	for {
		r, err := l.Next()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				fmt.Fprint(&out, err)
			}
			return out.String()
		}
		if r.Problem != nil {
			fmt.Fprintf(&out, "%d! %s;", r.Line, r.Problem.Member)
			continue
		}
		fmt.Fprintf(&out, "%d %s;", r.Line, r.AppendJSON(nil))
	}
}

func zipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, text); err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	return b.String()
}

func utf16le(text string) string {
	var b strings.Builder
	for _, r := range text {
		b.WriteByte(byte(r))
		b.WriteByte(byte(r >> 8))
	}
	return b.String()
}

// Every form that lists come in is read, and what is bad in it stays alone.
func TestOpen(t *testing.T) {
	const a = `{"PrimaryEmail":"a@b.c"}`
	for name, test := range map[string]struct{ text, want string }{
		"comma":          {"E-Mail,userId\na@b.c,x\n", `2 {"UserId":"x","PrimaryEmail":"a@b.c"};`},
		"semicolon":      {"\ufeffuserId;email\r\n;a@b.c\r\n", "2 " + a + ";"},
		"tab":            {"name\temail\nJ, D\ta@b.c\n", `2 {"PrimaryEmail":"a@b.c","DisplayName":"J, D"};`},
		"told":           {"sep=;\nemail;Line\na@b.c;7\n", "3 " + a + ";"},
		"carriage":       {"email,name\ra@b.c,x\r\"a@b.c\",\"y\rz\"", `2 {"PrimaryEmail":"a@b.c","DisplayName":"x"};3 {"PrimaryEmail":"a@b.c","DisplayName":"y\rz"};`},
		"utf-16":         {"\xff\xfe" + utf16le("email,name\na@b.c,é€\n"), `2 {"PrimaryEmail":"a@b.c","DisplayName":"é€"};`},
		"utf-16, bad":    {"\xff\xfe" + utf16le("email\n") + "\x00\xd8" + utf16le("x\na@b.c"), "2! email;3 " + a + ";"},
		"windows":        {"email,name\na@b.c,\x80\xe9\nb@b.c,\x81\n", `2 {"PrimaryEmail":"a@b.c","DisplayName":"€é"};3! name;`},
		"marked, bad":    {"\ufeffemail\n\xe9@b.c\na@b.c\n", "2! email;3 " + a + ";"},
		"gzip":           {zipped(t, "email\na@b.c\n"), "2 " + a + ";"},
		"cells":          {"email,name\na@b.c\nb,c,d\na@b.c,\n,\n", "2 " + a + ";3! ;4 " + a + ";"},
		"NUL":            {"email\nx\x00y\na@b.c\n", "2! email;3 " + a + ";"},
		"quotes":         {"email,name\na@b.c,\"x\n\"\"y\"\na@b.c,a\"b\n", `2 {"PrimaryEmail":"a@b.c","DisplayName":"x\n\"y"};4 {"PrimaryEmail":"a@b.c","DisplayName":"a\"b"};`},
		"never closed":   {"email,name\nb,\"x\na@b.c,\n", "2! ;3 " + a + ";"},
		"guarded":        {"email,name\na@b.c,'=1\na@b.c,''+\na@b.c,'x\n", `2 {"PrimaryEmail":"a@b.c","DisplayName":"=1"};3 {"PrimaryEmail":"a@b.c","DisplayName":"'+"};4 {"PrimaryEmail":"a@b.c","DisplayName":"'x"};`},
		"telephony":      {"email,SMS,InboundCalling\na@b.c,TRUE,\nx,,perhaps\n", `2 {"PrimaryEmail":"a@b.c","UserSettings":{"Telephony":{"SMS":true}}};3! InboundCalling;`},
		"no address":     {"name\nx\n", "no column is the e-mail address; the columns are name"},
		"two addresses":  {"email,E-Mail\n", "two columns say PrimaryEmail"},
		"two names":      {"email,name,DisplayName\n", "two columns say DisplayName"},
		"empty":          {"\n", "the file is empty"},
		"JSON":           {"{\"Users\": [\n" + a + ",\n1, {\"PrimaryEmail\": 5}]}", "2 " + a + ";3! ;3! PrimaryEmail;"},
		"JSON, pages":    {"{\"Users\": []} {\"Users\": [" + a + "]}", "1 " + a + ";"},
		"JSON, bad":      {"[{\"PrimaryEmail\": x},\n{\"PrimaryEmail\": \"\\u0000\"},\n" + a + "]", "1! ;2! PrimaryEmail;3 " + a + ";"},
		"JSON, cut":      {"[" + a, "1 " + a + ";unexpected EOF"},
		"JSON, no users": {"{\n}", "line 1: an object without the member Users"},
		"lines":          {a + "\n{\"x\"\n\n[]\n" + a, "1 " + a + ";2! ;4! ;5 " + a + ";"},
	} {
		if got := read(t, test.text); got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

// A guess is told with the line that made it.
func TestOpen_guess(t *testing.T) {
	l, err := open(t, "email,name\na@b.c,x\na@b.c,\xe9\n", userlist.Auto)
	if err != nil || len(l.Warnings()) != 1 || !strings.Contains(l.Warnings()[0], "line 3") {
		t.Fatalf("%v, %v", l, err)
	}
}

// What was refused can be read again.
func TestRejects(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"csv":  {"email;name\nx\x00;a;b\n", "Line;Member;Rule;email;name\n2;;have at most as many cells as the header, 2, not 3;x\x00;a;b\n"},
		"json": {`[{"PrimaryEmail":5}]`, "{\"Users\": [\n    {\"Line\":1,\"Member\":\"PrimaryEmail\",\"PrimaryEmail\":5,\"Rule\":\"be a string\"}\n]}\n"},
	} {
		l, err := open(t, test.text, userlist.Auto)
		if err != nil {
			t.Fatal(err)
		}
		row, err := l.Next()
		if err != nil || row.Problem == nil {
			t.Fatalf("%s: %+v, %v", name, row, err)
		}
		var out strings.Builder
		w := l.Rejects(&out)
		if err := errors.Join(w.Write(row), w.Close()); err != nil || out.String() != test.want {
			t.Errorf("%s: got %q, want %q, %v", name, out.String(), test.want, err)
		}
	}
}

func FuzzOpen(f *testing.F) {
	for _, text := range []string{"email\na\n", "[{}]", "{\"Users\":[{}]}", "{}\n{}", "email,\"\n\"", "\xff\xfea\x00"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { read(t, text) })
}

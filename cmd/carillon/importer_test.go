package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// receiver answers imports and remembers how many rows and bytes came at once.
type receiver struct {
	rows, sizes []int
	answer      string
}

func receive(t *testing.T, member string) *receiver {
	t.Helper()
	rec := &receiver{answer: "{}"}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		var in map[string]json.RawMessage
		var rows []json.RawMessage
		if err := json.Unmarshal(body, &in); err != nil || json.Unmarshal(in[member], &rows) != nil {
			t.Errorf("%v in %.100s", err, body)
		}
		rec.rows, rec.sizes = append(rec.rows, len(rows)), append(rec.sizes, len(body))
		io.WriteString(w, rec.reply(len(rows))) //nolint:errcheck // the command tells
	}))
	t.Cleanup(srv.Close)
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIA")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "s")
	t.Setenv("AWS_ENDPOINT_URL_CHIME", srv.URL)
	return rec
}

// reply is the answer to a request of so many rows, with the outcomes of users.
func (r *receiver) reply(rows int) string {
	if r.answer != "{}" {
		return r.answer
	}
	return `{"Outcomes": ["Created"` + strings.Repeat(`, "Created"`, rows-1) + `]}`
}

// A request has so many rows, and never more bytes than the server reads, also
// where JSON may be written in a longer form.
func TestImport_batches(t *testing.T) {
	for _, test := range []struct {
		name, member, header, row string
		args                      []string
		rows                      int
		want                      []int
	}{
		{"users by number", "Users", "Email\n", "x%d@example.com\n", []string{"user", "import"}, 2100, []int{1000, 1000, 100}},
		{"users by size", "Users", "Email,DisplayName\n", "x%d@example.com," + strings.Repeat("<&>", 1000) + "\n", []string{"user", "import"}, 600, []int{343, 257}},
		{"numbers by number", "PhoneNumbers", "number\n", "+12065%06d\n", []string{"number", "import"}, 1001, []int{500, 500, 1}},
		{"messages by number", "Messages", "", "{\"MessageId\":\"%d\"}\n", []string{"message", "import"}, 101, []int{100, 1}},
		{"messages by size", "Messages", "", "{ \"MessageId\":\"%d\",  \"Content\": \"" + strings.Repeat("<é", 20_000) + "\"}\n", []string{"message", "import"}, 40, []int{17, 17, 6}},
	} {
		t.Run(test.name, func(t *testing.T) {
			rec := receive(t, test.member)
			var text strings.Builder
			text.WriteString(test.header)
			for i := range test.rows {
				fmt.Fprintf(&text, test.row, i)
			}
			args := append(test.args, file(t, text.String()))
			if test.member == "Users" {
				args = append(args, "--account-id", "a")
			}
			carillon(t, args...).want(t, test.name, exitDone)
			if !slices.Equal(rec.rows, test.want) {
				t.Errorf("requests of %v rows, want %v", rec.rows, test.want)
			}
			if most := slices.Max(rec.sizes); most > 1<<20 {
				t.Errorf("a request has %d bytes", most)
			}
		})
	}
}

// A row that no request can take is refused, and stops no other.
func TestImport_largeRow(t *testing.T) {
	rec := receive(t, "Messages")
	line := func(n int) string { return `{"Content": "` + strings.Repeat("x", n) + `"}` + "\n" }
	text := line(1) + line(1<<20) + line(maxBatch-len(`{"Content":""}`)-1) + line(1)
	carillon(t, "message", "import", file(t, text)).wantResult(t, "import", exitFailed, `{"Failed":1,"Imported":0}`, "line 2: with 1048590 bytes", "1 message was refused")
	if !slices.Equal(rec.rows, []int{1, 1, 1}) || slices.Max(rec.sizes) > 1<<20 {
		t.Errorf("requests of %v rows, %v bytes", rec.rows, rec.sizes)
	}
}

// A row for which the server refuses a whole request is found, and refused alone;
// refused rows are named in the order of the file.
func TestImport_badRow(t *testing.T) {
	against(t)
	account, _ := newRoom(t)
	var numbers, messages strings.Builder
	for i := range 120 {
		switch number := fmt.Sprintf("+1206557%04d", i); i {
		case 30:
			number += ",,,,,,more"
			fallthrough
		default:
			fmt.Fprintln(&numbers, number)
		case 0, 99:
			fmt.Fprintln(&numbers, "+1206557000x")
		}
		content := []string{`"x"`, "7"}[i%40/39]
		if i == 50 {
			content = "x"
		}
		fmt.Fprintf(&messages, `{"AccountId":%q,"ConversationId":"c","MessageId":"m%d","Sender":"s","Content":%s,"CreatedTimestamp":"2019-01-08T17:59:18Z"}`+"\n", account, i, content)
	}
	carillon(t, "number", "import", file(t, "number\n"+numbers.String())).wantRefused(t, `{"Offered":117}`,
		"line 2: BadRequestException: 1 validation error detected: Value at 'E164PhoneNumber'", "line 32: it has 7 cells", "line 101: BadRequestException", "3 numbers were refused")
	carillon(t, "message", "import", file(t, messages.String())).wantRefused(t, `{"Failed":4,"Imported":116}`,
		"line 40: BadRequestException: 1 validation error detected: Value at 'Content'", "line 51: it is not JSON", "line 80: ", "line 120: ", "4 messages were refused")
}

// wantRefused checks what was printed, and that the errors are lines that begin so.
func (r result) wantRefused(t *testing.T, out string, lines ...string) {
	t.Helper()
	r.wantResult(t, "some are refused", exitFailed, out)
	got := strings.Split(strings.TrimSpace(r.err), "\n")
	for i, line := range lines {
		if len(got) != len(lines) || !strings.HasPrefix(strings.TrimPrefix(got[i], "carillon: "), line) {
			t.Fatalf("the errors are\n%s, want\n%s", r.err, strings.Join(lines, "\n"))
		}
	}
}

func TestImport_oddAnswer(t *testing.T) {
	for _, answer := range []string{`{"Errors": [{"Index": 7}]}`, `{"Imported": "many"}`, `[]`} {
		rec := receive(t, "Messages")
		rec.answer = answer
		carillon(t, "message", "import", file(t, "{}\n")).want(t, answer, exitFailed, "unexpected answer")
	}
}

// wantRows checks what is read of a file: the rows with their lines, and the error.
func (c *columns) wantRows(t *testing.T, csv, want string) {
	t.Helper()
	got := ""
	err := c.read(strings.NewReader(csv), func(r record) error {
		got += fmt.Sprint(r.line, " ", r.values, r.bad, ";")
		return nil
	})
	if err != nil {
		got += err.Error()
	}
	if got != want {
		t.Errorf("%q: got %q, want %q", csv, got, want)
	}
}

func TestColumns(t *testing.T) {
	c := columns{names: []string{"a", "Bee"}, aliases: map[string]string{"b": "Bee"}, needed: "a"}
	for _, test := range []struct{ csv, want string }{
		{"A,b\n1, 2 \n\n,3\n", "2 map[Bee:2 a:1];4 map[Bee:3];"},
		{"\ufeff\"bee\",a\n\"x\ny\",\nz,\n", "2 map[Bee:x\ny];4 map[Bee:z];"},
		{"a\n", ""},
		{"", "no header"},
		{"b\n", "no column a"},
		{"a,bee,B\n", "two columns Bee"},
		{"a,c\n", `unknown column "c"; the columns are a, Bee`},
		{"a,b\n1\n2,3,4\n5,6\n", "2 map[a:1];3 map[]it has 3 cells for 2 columns;4 map[Bee:6 a:5];"},
		{"a,b\n1,\"x\"y\n2,\n3,z\"\n4,\n", `2 map[]extraneous or missing " in quoted-field;3 map[a:2];4 map[]bare " in non-quoted-field;5 map[a:4];`},
		{"a\n1\n\"2\n3\n", `2 map[a:1];3 map[]extraneous or missing " in quoted-field;`},
	} {
		c.wantRows(t, test.csv, test.want)
	}
}

// A file of bare values has its columns in their order.
func TestColumns_noHeader(t *testing.T) {
	for _, test := range []struct{ csv, want string }{
		{"+12065550100\n12065550101\n", "1 map[number:+12065550100];2 map[number:12065550101];"},
		{"\ufeff+12065550100,US,Local\n", "1 map[country:US number:+12065550100 type:Local];"},
		{"+12065550100,,,,,,more\n", `unknown column "+12065550100"; the columns are number, country, type, city, state, products`},
		{"number\n1\n", "2 map[number:1];"},
	} {
		numberColumns.wantRows(t, test.csv, test.want)
	}
}

func TestUserExport_table(t *testing.T) {
	against(t)
	id := newAccount(t)
	carillon(t, "user", "import", file(t, usersCSV), "--account-id", id).want(t, "import", exitDone)
	r := carillon(t, "user", "export", "--account-id", id, "--output", "table")
	if lines := strings.Split(r.out, "\n"); r.code != exitDone || len(lines) != 5 || !strings.HasPrefix(lines[0], "AccountId ") {
		t.Errorf("got %+v", r)
	}
}

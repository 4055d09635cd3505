package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"carillon/internal/client"
)

type userCmd struct {
	Import userImportCmd `cmd:"" help:"Import users from CSV, or from JSON as aws chime list-users prints it."`
	Export userExportCmd `cmd:"" help:"Export the users of an account."`
}

// userColumns are the members of a user that CSV files have, by column.
var userColumns = []string{
	"AccountId", "UserId", "PrimaryEmail", "DisplayName", "LicenseType", "UserType", "UserRegistrationStatus",
	"UserInvitationStatus", "RegisteredOn", "InvitedOn", "PersonalPIN",
}

type userImportCmd struct {
	File      string `arg:"" help:"CSV with a header, or JSON; - for standard input."`
	AccountID string `name:"account-id" help:"Chime account to import into; else the AccountId of each user." placeholder:"ID"`
	remoteFlags
}

// Run imports the users, a batch a request, and reports those that were
// refused. It may be repeated: users that are there stay as they are.
func (c *userImportCmd) Run(ctx context.Context, s streams) error {
	in, err := openInput(c.File)
	if err != nil {
		return err
	}
	defer in.Close()
	cl, err := c.client(ctx)
	if err != nil {
		return err
	}
	run := userImport{client: cl, errors: s.err, accountID: c.AccountID}
	if err := readUsers(in, func(u map[string]any) error { return run.add(ctx, u) }); err != nil {
		return fmt.Errorf("after %d users: %w", run.total(), err)
	}
	if err := run.flush(ctx); err != nil {
		return fmt.Errorf("after %d users: %w", run.total(), err)
	}
	err = c.print(s, map[string]int{"Imported": run.Imported, "Existing": run.Existing, "Failed": run.Failed})
	if err == nil && run.Failed > 0 {
		err = errors.New("some users were refused")
	}
	return err
}

// userImport sends users in batches of one account.
type userImport struct {
	client                     *client.Client
	errors                     io.Writer
	accountID                  string // empty: that of each user
	account                    string // of the batch
	batch                      []map[string]any
	Imported, Existing, Failed int
}

// userBatch is how many users one request takes.
const userBatch = 1000

func (r *userImport) total() int { return r.Imported + r.Existing + r.Failed }

func (r *userImport) add(ctx context.Context, u map[string]any) error {
	account := r.accountID
	if account == "" {
		account, _ = u["AccountId"].(string)
	}
	if account == "" {
		return errors.New("a user has no AccountId; give --account-id")
	}
	if len(r.batch) == userBatch || account != r.account {
		if err := r.flush(ctx); err != nil {
			return err
		}
	}
	r.account, r.batch = account, append(r.batch, u)
	return nil
}

func (r *userImport) flush(ctx context.Context) error {
	if len(r.batch) == 0 {
		return nil
	}
	var answer struct {
		Imported, Existing int
		Errors             []struct {
			Index                   int
			ErrorCode, ErrorMessage string
		}
	}
	path := "/carillon/v1/accounts/" + client.EscapeLabel(r.account) + "/users"
	if err := r.client.Do(ctx, http.MethodPost, path, nil, map[string]any{"Users": r.batch}, &answer); err != nil {
		return err
	}
	for _, e := range answer.Errors {
		fmt.Fprintf(r.errors, "user %d: %s: %s\n", r.total()+e.Index+1, e.ErrorCode, e.ErrorMessage)
	}
	r.Imported, r.Existing, r.Failed = r.Imported+answer.Imported, r.Existing+answer.Existing, r.Failed+len(answer.Errors)
	r.batch = r.batch[:0]
	return nil
}

// byteOrderMark begins the files of some programs.
const byteOrderMark = "\ufeff"

// readUsers calls each for every user of a file, which begins with a brace or a
// bracket when it is JSON.
func readUsers(in io.Reader, each func(map[string]any) error) error {
	r := bufio.NewReaderSize(in, 64<<10)
	if mark, _ := r.Peek(len(byteOrderMark)); string(mark) == byteOrderMark {
		_, _ = r.Discard(len(byteOrderMark)) // it was peeked
	}
	for {
		b, err := r.Peek(1)
		switch {
		case err != nil:
			return errors.New("the file is empty")
		case strings.ContainsRune(" \t\r\n", rune(b[0])):
			_, _ = r.Discard(1) // it was peeked
		case b[0] == '{' || b[0] == '[':
			return readJSONUsers(json.NewDecoder(r), each)
		default:
			return readCSVUsers(csv.NewReader(r), each)
		}
	}
}

// readJSONUsers reads documents such as {"Users": […]} or […], one after the
// other as the pages of a list come, without holding a whole list.
func readJSONUsers(d *json.Decoder, each func(map[string]any) error) error {
	for {
		start, err := d.Token()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case start == json.Delim('['):
			err = readJSONList(d, each)
		case start == json.Delim('{'):
			err = readJSONPage(d, each)
		default:
			err = errors.New("the file holds something else than lists of users")
		}
		if err != nil {
			return cutOff(err)
		}
	}
}

// cutOff tells a document without end from the end of the file.
func cutOff(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// readJSONPage reads the rest of an object and the list in it.
func readJSONPage(d *json.Decoder, each func(map[string]any) error) error {
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		if name != "Users" {
			var skipped json.RawMessage
			if err := d.Decode(&skipped); err != nil {
				return err
			}
			continue
		}
		if open, err := d.Token(); err != nil || open != json.Delim('[') {
			return errors.Join(errors.New("the member Users is not a list"), err)
		}
		if err := readJSONList(d, each); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

func readJSONList(d *json.Decoder, each func(map[string]any) error) error {
	for d.More() {
		var u map[string]any
		if err := d.Decode(&u); err != nil {
			return err
		}
		if err := each(u); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

func readCSVUsers(r *csv.Reader, each func(map[string]any) error) error {
	header, err := r.Read()
	if err != nil {
		return err
	}
	names, err := memberNames(header)
	if err != nil {
		return err
	}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		u := map[string]any{}
		for i, value := range row {
			if value = strings.TrimSpace(value); value != "" {
				u[names[i]] = value
			}
		}
		if err := each(u); err != nil {
			return err
		}
	}
}

// memberNames finds the members that the columns of a header stand for.
func memberNames(header []string) ([]string, error) {
	names := make([]string, len(header))
	for i, column := range header {
		column = strings.TrimSpace(strings.TrimPrefix(column, byteOrderMark))
		if strings.EqualFold(column, "Email") {
			column = "PrimaryEmail"
		}
		k := slices.IndexFunc(userColumns, func(name string) bool { return strings.EqualFold(name, column) })
		if k < 0 {
			return nil, fmt.Errorf("unknown column %q; the columns are %s", column, strings.Join(userColumns, ", "))
		}
		names[i] = userColumns[k]
	}
	return names, nil
}

type userExportCmd struct {
	AccountID string `name:"account-id" help:"Chime account." required:"" placeholder:"ID"`
	Format    string `help:"json, as aws chime list-users prints it, or csv." enum:"json,csv" default:"json"`
	remoteFlags
}

// Run writes all users page by page.
func (c *userExportCmd) Run(ctx context.Context, s streams) error {
	cl, err := c.client(ctx)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(s.out)
	write := newUserWriter(c.Format, out)
	path := "/accounts/" + client.EscapeLabel(c.AccountID) + "/users"
	for token, more := "", true; more; more = token != "" {
		var page struct {
			Users     []map[string]any
			NextToken string
		}
		if err := cl.Do(ctx, http.MethodGet, path, url.Values{"max-results": {"200"}, "next-token": {token}}, nil, &page); err != nil {
			return err
		}
		for _, u := range page.Users {
			if err := write.user(u); err != nil {
				return err
			}
		}
		token = page.NextToken
	}
	return errors.Join(write.end(), out.Flush())
}

// userWriter writes users one by one.
type userWriter interface {
	user(map[string]any) error
	end() error
}

func newUserWriter(format string, out io.Writer) userWriter {
	if format == "csv" {
		w := &csvUsers{csv.NewWriter(out)}
		_ = w.Write(userColumns) // errors come up at the end
		return w
	}
	return &jsonUsers{out: out}
}

type csvUsers struct{ *csv.Writer }

func (w *csvUsers) user(u map[string]any) error {
	row := make([]string, len(userColumns))
	for i, name := range userColumns {
		row[i] = cell(u[name])
	}
	return w.Write(row)
}

func (w *csvUsers) end() error {
	w.Flush()
	return w.Error()
}

type jsonUsers struct {
	out   io.Writer
	count int
}

func (w *jsonUsers) user(u map[string]any) error {
	for name, v := range u {
		if v == nil {
			delete(u, name)
		}
	}
	text, err := json.Marshal(u)
	if err != nil {
		return err
	}
	before := ",\n    "
	if w.count++; w.count == 1 {
		before = "{\"Users\": [\n    "
	}
	_, err = fmt.Fprintf(w.out, "%s%s", before, text)
	return err
}

func (w *jsonUsers) end() error {
	if w.count == 0 {
		_, err := io.WriteString(w.out, "{\"Users\": []}\n")
		return err
	}
	_, err := io.WriteString(w.out, "\n]}\n")
	return err
}

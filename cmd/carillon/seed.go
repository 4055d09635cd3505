package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"carillon/internal/client"
	"carillon/internal/userlist"
)

// seedAll loads files into the server that the environment names.
func seedAll(ctx context.Context, s streams, files []string) error {
	if len(files) == 0 {
		return nil
	}
	c, err := new(remoteFlags).client(ctx)
	if err != nil {
		return err
	}
	seed := seeder{client: c, accounts: map[string]string{}}
	for _, file := range files {
		if err := seed.load(ctx, s, file); err != nil {
			return err
		}
	}
	return nil
}

// seeder loads accounts and users. Accounts that no file describes are Team accounts
// of the name seed.
type seeder struct {
	client   *client.Client
	accounts map[string]string // those that are there: AccountId in the files → in the server
}

// load loads a file: first its accounts, then its users.
func (l *seeder) load(ctx context.Context, s streams, file string) error {
	in, err := openInput(file)
	if err != nil {
		return err
	}
	defer in.Close()
	accounts, users, err := readSeed(in)
	for i := 0; err == nil && i < len(accounts); i++ {
		err = l.account(ctx, accounts[i])
	}
	for i := 0; err == nil && i < len(users); i++ {
		id, _ := users[i]["AccountId"].(string)
		err = l.account(ctx, members{"AccountId": id})
	}
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return l.users(ctx, s, file, users)
}

// users imports the users of a file, all of which must be good.
func (l *seeder) users(ctx context.Context, s streams, file string, users []members) error {
	run := importRun{operation: "ImportUsers", member: "Users", rows: 1000, noun: "user", client: l.client, errors: s.err}
	for i, u := range users {
		id, _ := u["AccountId"].(string)
		if err := run.add(ctx, row{place: fmt.Sprint(file, ": user ", i+1), account: l.accounts[id], value: u}); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	if err := run.flush(ctx); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if run.Failed > 0 {
		return fmt.Errorf("%s: some users were refused", file)
	}
	return nil
}

// account makes an account, unless it is there.
func (l *seeder) account(ctx context.Context, a members) error {
	id, _ := a["AccountId"].(string)
	if _, there := l.accounts[id]; there {
		return nil
	}
	in := client.Members{"Name": "seed", "AccountId": id}
	for _, member := range []string{"Name", "AccountType"} {
		if text, _ := a[member].(string); text != "" {
			in[member] = text
		}
	}
	answer, err := l.client.Call(ctx, "ProvisionAccount", given(in))
	if err != nil {
		return fmt.Errorf("the account %s: %w", id, err)
	}
	var out struct{ Account struct{ AccountId string } }
	l.accounts[id] = id
	if err = json.Unmarshal(answer, &out); err == nil {
		l.accounts[id] = out.Account.AccountId
	}
	return err
}

// members are those of an account or a user in a file.
type members = map[string]any

// readSeed reads all accounts and users of a file: lists as the API and the exports
// have them, one after the other, or a line of JSON each, or CSV with users only.
func readSeed(in io.Reader) (accounts, users []members, err error) {
	r := withoutMark(in)
	head, _ := r.Peek(1 << 10)
	if text := strings.TrimLeft(string(head), " \t\r\n"); text != "" && text[0] != '{' && text[0] != '[' {
		users, err = readSeedCSV(r)
		return nil, users, err
	}
	for d := json.NewDecoder(r); ; {
		var document any
		err := d.Decode(&document)
		switch {
		case errors.Is(err, io.EOF):
			return accounts, users, nil
		case err == nil:
			err = sortSeed(document, &accounts, &users)
		}
		if err != nil {
			return nil, nil, err
		}
	}
}

// sortSeed finds accounts and users in a document.
func sortSeed(document any, accounts, users *[]members) error {
	switch v := document.(type) {
	case []any:
		for _, element := range v {
			if err := sortSeed(element, accounts, users); err != nil {
				return err
			}
		}
		return nil
	case members:
		switch {
		case v["Users"] != nil:
			return sortSeed(v["Users"], accounts, users)
		case v["Accounts"] != nil:
			return sortSeed(v["Accounts"], accounts, users)
		case v["PrimaryEmail"] != nil:
			*users = append(*users, v)
			return nil
		case v["AccountId"] != nil && v["Name"] != nil:
			*accounts = append(*accounts, v)
			return nil
		}
	}
	return errors.New("the file holds something else than users (with PrimaryEmail) and accounts (with AccountId and Name)")
}

// readSeedCSV reads the users of a table.
func readSeedCSV(in io.Reader) (users []members, err error) {
	list, err := userlist.OpenOnce(in)
	for err == nil {
		var r *userlist.Row
		if r, err = list.Next(); err != nil {
			break
		}
		if r.Problem != nil {
			return nil, fmt.Errorf("%s: %s", r, r.Problem)
		}
		u := members{}
		err = json.Unmarshal(r.AppendJSON(nil), &u)
		u["AccountId"] = r.AccountID()
		users = append(users, u)
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return users, err
}

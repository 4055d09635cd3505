package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

type userImportCmd struct {
	File      string `arg:"" help:"CSV with a header (columns AccountId, UserId, PrimaryEmail or Email, DisplayName, LicenseType, UserType, UserRegistrationStatus, UserInvitationStatus, RegisteredOn, InvitedOn, PersonalPIN), or JSON as aws chime list-users prints it; - for standard input."`
	AccountID string `name:"account-id" help:"Chime account to import into; else the AccountId of each user." placeholder:"ID"`
	remoteFlags
}

// Run imports the users and reports those that were refused. It may be
// repeated: users that are there stay as they are.
func (c *userImportCmd) Run(ctx context.Context, s streams) error {
	run := importRun{operation: "ImportUsers", member: "Users", rows: 1000, noun: "user"}
	if err := run.run(ctx, s, &c.remoteFlags, c.File, c.read); err != nil {
		return err
	}
	return run.finish(s, &c.outputFlag, map[string]int{"Imported": run.Imported, "Existing": run.Existing, "Failed": run.Failed})
}

// read numbers the users of a file and finds the account of each.
func (c *userImportCmd) read(in io.Reader, each func(row) error) error {
	n := 0
	return readUsers(in, func(u map[string]any) error {
		n++
		account := c.AccountID
		if account == "" {
			account, _ = u["AccountId"].(string)
		}
		if account == "" {
			return errors.New("a user has no AccountId; give --account-id")
		}
		return each(row{place: fmt.Sprint("user ", n), account: account, value: u})
	})
}

// userEach takes a user of a file.
type userEach func(map[string]any) error

// readUsers calls each for every user of a file, which begins with a brace or a
// bracket when it is JSON.
func readUsers(in io.Reader, each userEach) error {
	r := withoutMark(in)
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
			return readCSVUsers(r, each)
		}
	}
}

// readJSONUsers reads documents such as {"Users": […]} or […], one after the
// other as the pages of a list come, without holding a whole list.
func readJSONUsers(d *json.Decoder, each userEach) error {
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
func readJSONPage(d *json.Decoder, each userEach) error {
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

func readJSONList(d *json.Decoder, each userEach) error {
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

func readCSVUsers(in io.Reader, each userEach) error {
	return userColumns.read(in, func(_ int, values map[string]string) error {
		u := map[string]any{}
		for name, value := range values {
			u[name] = value
		}
		return each(u)
	})
}

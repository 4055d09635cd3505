package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"carillon/internal/archive"
	"carillon/internal/client"
	"carillon/internal/userlist"
	"carillon/internal/wholefile"
)

type userExportCmd struct {
	File      string          `arg:"" optional:"" help:"File to write, which is there whole or not at all; else standard output."`
	AccountID string          `name:"account-id" help:"Chime account." required:"" xor:"accounts" placeholder:"ID"`
	All       bool            `help:"All accounts of the AWS account." required:"" xor:"accounts"`
	Format    userlist.Format `help:"json, as aws chime list-users prints it, jsonl, with a user a line, or csv." enum:"json,jsonl,csv" default:"json"`
	remoteFlags
}

// Run writes all users as they are at one moment.
func (c *userExportCmd) Run(ctx context.Context, s streams) error {
	cl, err := c.client(ctx)
	if err != nil {
		return err
	}
	if c.File != "" && c.File != "-" {
		return wholefile.Write(c.File, func(out io.Writer) error { return c.write(ctx, s, cl, out) })
	}
	out := bufio.NewWriter(s.out)
	if err := c.write(ctx, s, cl, out); err != nil {
		return err
	}
	return out.Flush()
}

// write ends a list only if it is whole, so that nobody takes a part for it.
func (c *userExportCmd) write(ctx context.Context, s streams, cl *client.Client, out io.Writer) error {
	users := c.export(out)
	if err := c.writeUsers(ctx, s, cl, users); err != nil {
		return err
	}
	return users.Close()
}

// writeUsers writes what the server has exported at one moment, if it knows how.
func (c *userExportCmd) writeUsers(ctx context.Context, s streams, cl *client.Client, users userlist.Export) error {
	kind := exportKind{"ExportUserList", "ExportUserListPart", client.Members{}}
	if !c.All {
		kind.members["AccountId"] = c.AccountID
	}
	r, err := askForExport(ctx, cl, kind)
	if keepsNoMoment(err) {
		if err := c.writePages(ctx, cl, users); err != nil {
			return err
		}
		_, err := fmt.Fprintln(s.err, "carillon: the server could not keep one moment of its users; they were read page by page, while others may have changed them")
		return err
	}
	if err != nil {
		return err
	}
	return writeExported(r, users)
}

// keepsNoMoment reports whether an error says that there is no export of one moment: of
// this server, of this account, or now, since others are being made.
func keepsNoMoment(err error) bool {
	var refusal *client.Error
	return errors.As(err, &refusal) &&
		(refusal.Status == http.StatusNotFound || refusal.Status == http.StatusConflict || refusal.Name == "ResourceLimitExceededException")
}

// writeExported writes the users of an export, which has a page of them a line.
func writeExported(r io.Reader, out userlist.Export) error {
	return archive.EachLine(r, func(line []byte) error {
		var page struct{ Users []json.RawMessage }
		if err := json.Unmarshal(line, &page); err != nil {
			return fmt.Errorf("unexpected answer: %w", err)
		}
		for _, user := range page.Users {
			if err := exportUser(user, out); err != nil {
				return err
			}
		}
		return nil
	})
}

// writePages writes users page by page.
func (c *userExportCmd) writePages(ctx context.Context, cl *client.Client, users userlist.Export) error {
	if !c.All {
		return exportAccount(ctx, cl, c.AccountID, users)
	}
	return cl.Pages(ctx, "ListAccounts", client.Members{"MaxResults": largePage}, func(page map[string]json.RawMessage) error {
		accounts, err := itemsOf[struct{ AccountId string }](page, "Accounts") //nolint:revive // as in the API
		for i := 0; err == nil && i < len(accounts); i++ {
			err = exportAccount(ctx, cl, accounts[i].AccountId, users)
		}
		return err
	})
}

// export returns what writes users as the flags say.
func (c *userExportCmd) export(out io.Writer) userlist.Export {
	if c.Output == "table" {
		return &tableUsers{out: out}
	}
	return userlist.NewExport(out, c.Format)
}

// exportAccount writes the users of an account.
func exportAccount(ctx context.Context, cl *client.Client, account string, out userlist.Export) error {
	return cl.Pages(ctx, "ExportUsers", client.Members{"AccountId": account, "MaxResults": exportPage}, func(page map[string]json.RawMessage) error {
		users, err := itemsOf[json.RawMessage](page, "Users")
		for i := 0; err == nil && i < len(users); i++ {
			err = exportUser(users[i], out)
		}
		return err
	})
}

func exportUser(text json.RawMessage, out userlist.Export) error {
	u, err := userlist.ParseUser(text)
	if err != nil {
		return fmt.Errorf("unexpected answer: %w", err)
	}
	return out.Write(u)
}

// tableUsers keeps the users, since the widest value makes a column.
type tableUsers struct {
	out  io.Writer
	rows []map[string]any
}

// Write implements [userlist.Export].
func (w *tableUsers) Write(u *userlist.User) error {
	row := map[string]any{}
	err := json.Unmarshal(u.AppendAll(nil), &row)
	w.rows = append(w.rows, row)
	return err
}

// Close implements [userlist.Export].
func (w *tableUsers) Close() error { return printRows(w.out, w.rows) }

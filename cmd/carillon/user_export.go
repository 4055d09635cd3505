package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"carillon/internal/client"
	"carillon/internal/userlist"
)

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
	write := c.writer(out)
	err = cl.Pages(ctx, "ListUsers", client.Members{"AccountId": c.AccountID, "MaxResults": largePage}, func(page map[string]json.RawMessage) error {
		users, err := itemsOf[map[string]any](page, "Users")
		for i := 0; err == nil && i < len(users); i++ {
			err = write.user(users[i])
		}
		return err
	})
	if err != nil {
		return err
	}
	return errors.Join(write.end(), out.Flush())
}

// userWriter writes users one by one.
type userWriter interface {
	user(map[string]any) error
	end() error
}

func (c *userExportCmd) writer(out io.Writer) userWriter {
	switch {
	case c.Output == "table":
		return &tableUsers{out: out}
	case c.Format == "csv":
		w := &csvUsers{csv.NewWriter(out)}
		_ = w.Write(userColumns.names) // errors come up at the end
		return w
	}
	return &jsonUsers{out: out}
}

// tableUsers keeps the users, since the widest value makes a column.
type tableUsers struct {
	out  io.Writer
	rows []map[string]any
}

func (w *tableUsers) user(u map[string]any) error {
	w.rows = append(w.rows, u)
	return nil
}

func (w *tableUsers) end() error { return printRows(w.out, w.rows) }

type csvUsers struct{ *csv.Writer }

func (w *csvUsers) user(u map[string]any) error {
	row := make([]string, len(userColumns.names))
	for i, name := range userColumns.names {
		row[i] = userlist.Guarded(cell(u[name]))
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

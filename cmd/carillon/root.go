package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"carillon/access"
	"carillon/internal/client"
	"carillon/server"
	"carillon/sigv4"
	"carillon/store"
)

type rootCmd struct {
	Rotate rootRotateCmd `cmd:"" help:"Give the root key a new secret; the old one ends at once. Without --data and --database the running server is asked."`
}

type rootRotateCmd struct {
	Data     *string `help:"Data directory: the server that runs on it is asked, with the key that carillon env prints; if none runs, its database is opened." placeholder:"DIR"`
	Database string  `help:"URL of a PostgreSQL database to open, whether servers run on it or not." placeholder:"URL"`
	remoteFlags
}

const rotateRootKey = "RotateRootKey"

// Run rotates the key where the flags say and prints it.
func (c *rootRotateCmd) Run(ctx context.Context, s streams) error {
	switch {
	case c.Database != "":
		key, err := rotateIn(ctx, server.Options{Database: c.Database})
		if err != nil {
			return err
		}
		return c.report(s, key)
	case c.Data != nil:
		return c.rotateData(ctx, s, *c.Data)
	}
	err := c.call(ctx, s, rotateRootKey, nil)
	if errors.Is(err, client.ErrNoAnswer) {
		err = fmt.Errorf("%w (if no server runs, give --data or --database)", err)
	}
	return err
}

// rotateData rotates the key of a data directory, with or without its server.
func (c *rootRotateCmd) rotateData(ctx context.Context, s streams, dir string) error {
	if _, err := server.ExistingDatabase(dir); err != nil {
		return err
	}
	key, err := rotateIn(ctx, server.Options{Data: dir})
	if errors.Is(err, store.ErrUnavailable) {
		return c.askServerOf(ctx, s, dir)
	}
	if err != nil {
		return err
	}
	return errors.Join(c.report(s, key), renewKeyFile(dir, key))
}

// rotateIn rotates the key in a database.
func rotateIn(ctx context.Context, o server.Options) (key access.RootKey, err error) {
	o.Log = slog.New(slog.DiscardHandler)
	st, err := server.OpenStore(ctx, o)
	if err != nil {
		return key, err
	}
	key, err = access.RotateRoot(ctx, st)
	return key, errors.Join(err, st.Close())
}

// report prints a key as the server's answer has it.
func (c *rootRotateCmd) report(s streams, key access.RootKey) error {
	return c.print(s, map[string]string{"AccessKeyId": key.AccessKeyID, "SecretAccessKey": key.SecretAccessKey})
}

// renewKeyFile tells carillon env the new key, if a server has ever told it one.
func renewKeyFile(dir string, key access.RootKey) error {
	before, err := loadKeyFile(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return newKeyFile(dir, key, source{}, before.EndpointURL).write(dir)
}

// askServerOf asks the server that has a data directory in use.
func (c *rootRotateCmd) askServerOf(ctx context.Context, s streams, dir string) error {
	cl, err := serverOf(ctx, dir, c.EndpointURL)
	if err != nil {
		return err
	}
	out, err := cl.Call(ctx, rotateRootKey, nil)
	if err != nil {
		return err
	}
	return c.print(s, out)
}

// serverOf returns a client for the server that has a data directory in use, with
// the root key; an endpoint, if not empty, is where it is.
func serverOf(ctx context.Context, dir, endpoint string) (*client.Client, error) {
	k, err := readKeyFile(dir)
	if err != nil {
		return nil, err
	}
	return client.New(ctx, client.Options{
		EndpointURL: cmp.Or(endpoint, k.EndpointURL),
		Credentials: sigv4.Credentials{AccessKeyID: k.AccessKeyID, SecretAccessKey: k.SecretAccessKey},
	})
}

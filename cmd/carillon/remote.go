package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"

	"carillon/internal/client"
)

// remoteFlags find the server and the credentials, as AWS tools do.
type remoteFlags struct {
	EndpointURL string `name:"endpoint-url" help:"URL of the server; else AWS_ENDPOINT_URL_CHIME, AWS_ENDPOINT_URL, the profile's, or http://127.0.0.1:8018." placeholder:"URL"`
	Profile     string `help:"Profile of ~/.aws to take credentials from." placeholder:"NAME"`
	outputFlag
}

// client returns a client for the server that the flags and the environment say.
func (f *remoteFlags) client(ctx context.Context) (*client.Client, error) {
	return client.New(ctx, client.Options{EndpointURL: f.EndpointURL, Profile: f.Profile})
}

// call sends an operation and prints the answer. Members that the command line
// leaves empty are not sent.
func (f *remoteFlags) call(ctx context.Context, s streams, operation string, in client.Members) error {
	c, err := f.client(ctx)
	if err != nil {
		return err
	}
	out, err := c.Call(ctx, operation, given(in))
	if err != nil {
		return err
	}
	return f.print(s, out)
}

// given returns the members that are not empty.
func given(in client.Members) client.Members {
	in = maps.Clone(in)
	maps.DeleteFunc(in, func(_ string, v any) bool {
		switch v := v.(type) {
		case string:
			return v == ""
		case []string:
			return len(v) == 0
		}
		return false
	})
	return in
}

// collect prints all pages of a list operation as one answer. member is the
// list in it, in.MaxResults the size of a page.
func (f *remoteFlags) collect(ctx context.Context, s streams, operation, member string, in client.Members) error {
	c, err := f.client(ctx)
	if err != nil {
		return err
	}
	all := []json.RawMessage{}
	err = c.Pages(ctx, operation, given(in), func(page map[string]json.RawMessage) error {
		items, err := itemsOf[json.RawMessage](page, member)
		all = append(all, items...)
		return err
	})
	if err != nil {
		return err
	}
	return f.print(s, map[string]any{member: all})
}

// itemsOf returns the list in a page of a list operation.
func itemsOf[T any](page map[string]json.RawMessage, member string) (items []T, err error) {
	if err := json.Unmarshal(page[member], &items); err != nil {
		return nil, fmt.Errorf("unexpected answer: %w", err)
	}
	return items, nil
}

// The largest pages of list operations: of accounts and users, and of what
// Carillon adds.
const (
	largePage = 200
	smallPage = 99
)

// accountFlag names the Chime account.
type accountFlag struct {
	AccountID string `name:"account-id" help:"Chime account." required:"" placeholder:"ID"`
}

// roomFlags name a room.
type roomFlags struct {
	accountFlag
	RoomID string `name:"room-id" help:"Room." required:"" placeholder:"ID"`
}

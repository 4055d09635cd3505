package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"carillon/internal/client"
)

type webhookCmd struct {
	Create webhookCreateCmd `cmd:"" help:"Make an incoming webhook for a room."`
	List   webhookListCmd   `cmd:"" help:"List the webhooks of a room."`
	Delete webhookDeleteCmd `cmd:"" help:"Delete a webhook."`
}

// roomFlags name a room.
type roomFlags struct {
	AccountID string `name:"account-id" help:"Chime account." required:"" placeholder:"ID"`
	RoomID    string `name:"room-id" help:"Room." required:"" placeholder:"ID"`
}

func (f roomFlags) path() string {
	return "/carillon/v1/accounts/" + client.EscapeLabel(f.AccountID) + "/rooms/" + client.EscapeLabel(f.RoomID)
}

type webhookCreateCmd struct {
	roomFlags
	Name string `help:"Name that messages of the webhook come from." default:"Webhook" placeholder:"NAME"`
	remoteFlags
}

// Run makes the webhook.
func (c *webhookCreateCmd) Run(ctx context.Context, s streams) error {
	return c.call(ctx, s, http.MethodPost, c.path()+"/webhooks", nil, map[string]any{"Name": c.Name})
}

type webhookListCmd struct {
	roomFlags
	remoteFlags
}

// Run lists the webhooks.
func (c *webhookListCmd) Run(ctx context.Context, s streams) error {
	return c.call(ctx, s, http.MethodGet, c.path()+"/webhooks", nil, nil)
}

type webhookDeleteCmd struct {
	roomFlags
	WebhookID string `name:"webhook-id" help:"Webhook." required:"" placeholder:"ID"`
	remoteFlags
}

// Run deletes the webhook.
func (c *webhookDeleteCmd) Run(ctx context.Context, s streams) error {
	return c.call(ctx, s, http.MethodDelete, c.path()+"/webhooks/"+client.EscapeLabel(c.WebhookID), nil, nil)
}

type messageCmd struct {
	List   messageListCmd   `cmd:"" help:"List the messages of a room or a conversation, newest first."`
	Import messageImportCmd `cmd:"" help:"Import messages from a file of JSON lines."`
}

type messageListCmd struct {
	AccountID      string `name:"account-id" help:"Chime account." required:"" placeholder:"ID"`
	RoomID         string `name:"room-id" help:"Room." xor:"container" required:"" placeholder:"ID"`
	ConversationID string `name:"conversation-id" help:"Conversation." xor:"container" required:"" placeholder:"ID"`
	remoteFlags
}

// Run collects all pages into one answer.
func (c *messageListCmd) Run(ctx context.Context, s streams) error {
	container := "/rooms/" + client.EscapeLabel(c.RoomID)
	if c.ConversationID != "" {
		container = "/conversations/" + client.EscapeLabel(c.ConversationID)
	}
	return c.collect(ctx, s, "/carillon/v1/accounts/"+client.EscapeLabel(c.AccountID)+container+"/messages", "Messages", 99)
}

type messageImportCmd struct {
	File string `arg:"" help:"File with a JSON object a line: AccountId, RoomId or ConversationId, MessageId, Sender, Content, CreatedTimestamp; - for standard input."`
	remoteFlags
}

// errRowsFailed says that some rows of an import were refused; each was reported.
var errRowsFailed = errors.New("some messages were refused")

// Run imports the messages, a batch a request. It may be repeated: messages
// that are there stay as they are.
func (c *messageImportCmd) Run(ctx context.Context, s streams) error {
	in, err := openInput(c.File)
	if err != nil {
		return err
	}
	defer in.Close()
	cl, err := c.client(ctx)
	if err != nil {
		return err
	}
	run := importRun{client: cl, errors: s.err}
	if err := run.read(ctx, in); err != nil {
		return fmt.Errorf("after %d messages: %w", run.imported, err)
	}
	if err := c.print(s, map[string]any{"Imported": run.imported, "Failed": run.failed}); err != nil || run.failed == 0 {
		return err
	}
	return errRowsFailed
}

// importRun sends messages in batches that one request can take.
type importRun struct {
	client           *client.Client
	errors           io.Writer
	batch            []json.RawMessage
	lines            []int // of the batch
	size             int   // bytes of the batch
	imported, failed int
}

// maxImportSize keeps a batch below the largest body that the server reads.
const maxImportSize = 512 << 10

func (r *importRun) read(ctx context.Context, in io.Reader) error {
	scanner := bufio.NewScanner(in)
	scanner.Buffer(make([]byte, 0, 64<<10), maxImportSize)
	for line := 1; scanner.Scan(); line++ {
		text := scanner.Bytes()
		if len(text) == 0 {
			continue
		}
		if !json.Valid(text) {
			return fmt.Errorf("line %d is not JSON", line)
		}
		if len(r.batch) == importBatch || r.size+len(text) > maxImportSize {
			if err := r.flush(ctx); err != nil {
				return err
			}
		}
		r.batch, r.lines, r.size = append(r.batch, json.RawMessage(string(text))), append(r.lines, line), r.size+len(text)
	}
	if err := scanner.Err(); err != nil {
		return err
	}
	return r.flush(ctx)
}

func (r *importRun) flush(ctx context.Context) error {
	if len(r.batch) == 0 {
		return nil
	}
	var answer struct {
		Imported int
		Errors   []struct {
			Index                   int
			ErrorCode, ErrorMessage string
		}
	}
	if err := r.client.Do(ctx, http.MethodPost, "/carillon/v1/messages", nil, map[string]any{"Messages": r.batch}, &answer); err != nil {
		return fmt.Errorf("lines %d to %d: %w", r.lines[0], r.lines[len(r.lines)-1], err)
	}
	for _, e := range answer.Errors {
		fmt.Fprintf(r.errors, "line %d: %s: %s\n", r.lines[e.Index], e.ErrorCode, e.ErrorMessage)
	}
	r.imported, r.failed = r.imported+answer.Imported, r.failed+len(answer.Errors)
	r.batch, r.lines, r.size = nil, nil, 0
	return nil
}

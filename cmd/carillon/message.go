package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"carillon/internal/client"
)

type messageCmd struct {
	List   messageListCmd   `cmd:"" help:"List the messages of a room or a conversation, newest first."`
	Import messageImportCmd `cmd:"" help:"Import messages from a file of JSON lines."`
}

type messageListCmd struct {
	accountFlag
	RoomID         string `name:"room-id" help:"Room." xor:"container" required:"" placeholder:"ID"`
	ConversationID string `name:"conversation-id" help:"Conversation." xor:"container" required:"" placeholder:"ID"`
	remoteFlags
}

// Run collects all pages into one answer.
func (c *messageListCmd) Run(ctx context.Context, s streams) error {
	operation := "ListRoomMessages"
	if c.ConversationID != "" {
		operation = "ListConversationMessages"
	}
	in := client.Members{"AccountId": c.AccountID, "RoomId": c.RoomID, "ConversationId": c.ConversationID, "MaxResults": smallPage}
	return c.collect(ctx, s, operation, "Messages", in)
}

type messageImportCmd struct {
	File string `arg:"" help:"File with a JSON object a line: AccountId, RoomId or ConversationId, MessageId, Sender, Content, CreatedTimestamp; - for standard input."`
	remoteFlags
}

// Run imports the messages. It may be repeated: messages that are there stay as
// they are.
func (c *messageImportCmd) Run(ctx context.Context, s streams) error {
	run := importRun{operation: "ImportMessages", member: "Messages", rows: 100, noun: "message"}
	if err := run.run(ctx, s, &c.remoteFlags, c.File, readJSONLines); err != nil {
		return err
	}
	return run.finish(s, &c.outputFlag, map[string]int{"Imported": run.Imported, "Failed": run.Failed})
}

// readJSONLines reads a row from every line that is not empty.
func readJSONLines(in io.Reader, each func(row) error) error {
	scanner := bufio.NewScanner(withoutMark(in))
	scanner.Buffer(make([]byte, 0, 64<<10), maxLine)
	for line := 1; scanner.Scan(); line++ {
		text := bytes.TrimSpace(scanner.Bytes())
		if len(text) == 0 {
			continue
		}
		v := row{place: fmt.Sprint("line ", line), value: json.RawMessage(text)}
		if !json.Valid(text) {
			v.refused = "it is not JSON"
		}
		if err := each(v); err != nil {
			return err
		}
	}
	return scanner.Err()
}

// maxLine is the longest line that is read, in bytes. No request can take what
// is larger, but blanks do not count there.
const maxLine = 4 << 20

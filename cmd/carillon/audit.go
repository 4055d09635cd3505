package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"carillon/internal/client"
	"carillon/internal/wholefile"
	"carillon/server"
	"carillon/store"
)

type auditCmd struct {
	List   auditListCmd   `cmd:"" help:"Look records up, newest first."`
	Export auditExportCmd `cmd:"" help:"Write all records to a file as JSON lines, oldest first."`
	Verify auditVerifyCmd `cmd:"" help:"Check that no sealed record was changed, removed or added. Without --data and --database the running server is asked."`
}

// auditTimes choose records by their time.
type auditTimes struct {
	Start       string `help:"Only records from this time on, as in 2026-11-26T15:04:05Z, or a day." placeholder:"TIME"`
	End         string `help:"Only records up to this time." placeholder:"TIME"`
	AllAccounts bool   `help:"Records of all AWS accounts, for the root key."`
	remoteFlags
}

func (t *auditTimes) members(pageSize int) client.Members {
	m := client.Members{"StartTime": t.Start, "EndTime": t.End, "MaxResults": pageSize}
	if t.AllAccounts {
		m["AllAccounts"] = "True"
	}
	return m
}

type auditListCmd struct {
	EventName   string `help:"Only this event, as in CreateUser." placeholder:"NAME"`
	UserName    string `help:"Only what this IAM user did; root: the root key." placeholder:"NAME"`
	Resource    string `help:"Only what touched this id, user name or ARN." placeholder:"ID"`
	AccessKeyID string `name:"access-key-id" help:"Only what came with this access key." placeholder:"ID"`
	ErrorCode   string `help:"Only what was refused with this error." placeholder:"CODE"`
	auditTimes
}

// Run collects all pages into one answer.
func (c *auditListCmd) Run(ctx context.Context, s streams) error {
	in := c.members(smallPage)
	in["EventName"], in["UserName"], in["Resource"], in["AccessKeyId"], in["ErrorCode"] = c.EventName, c.UserName, c.Resource, c.AccessKeyID, c.ErrorCode
	return c.collect(ctx, s, "ListAuditEvents", "Events", in)
}

type auditExportCmd struct {
	File string `arg:"" help:"File to write; one that exists is replaced when all is there."`
	auditTimes
}

// exportPage is how many records are asked for at once.
const exportPage = 1000

// Run writes the file whole or not at all.
func (c *auditExportCmd) Run(ctx context.Context, s streams) error {
	cl, err := c.client(ctx)
	if err != nil {
		return err
	}
	records := 0
	err = wholefile.Write(c.File, func(w io.Writer) error {
		return cl.Pages(ctx, "ExportAuditEvents", given(c.members(exportPage)), func(page map[string]json.RawMessage) error {
			lines, err := itemsOf[string](page, "Records")
			for _, line := range lines {
				records++
				if _, err := fmt.Fprintln(w, line); err != nil {
					return err
				}
			}
			return err
		})
	})
	if err != nil {
		return err
	}
	return c.print(s, map[string]any{"Export": map[string]any{"File": c.File, "Records": records}})
}

type auditVerifyCmd struct {
	Data     *string `help:"Data directory: its database is opened, or, if a server runs on it, that is asked with the key that carillon env prints." placeholder:"DIR"`
	Database string  `help:"URL of a PostgreSQL database to open." placeholder:"URL"`
	Head     string  `help:"Head that an earlier verification printed: it must still be in the chain." placeholder:"HEAD"`
	remoteFlags
}

// Run verifies where the flags say and prints what was found.
func (c *auditVerifyCmd) Run(ctx context.Context, s streams) error {
	report, err := c.verify(ctx)
	if err != nil {
		return err
	}
	report.Ok = len(report.Problems) == 0
	if err := c.print(s, map[string]any{"Verify": report}); err != nil {
		return err
	}
	if !report.Ok {
		return fmt.Errorf("the records are not what was sealed: %s", report.Problems[0])
	}
	return nil
}

func (c *auditVerifyCmd) verify(ctx context.Context) (*server.AuditReport, error) {
	switch {
	case c.Database != "":
		return server.VerifyAudit(ctx, server.Options{Database: c.Database}, c.Head)
	case c.Data == nil:
		cl, err := c.client(ctx)
		if err != nil {
			return nil, err
		}
		return c.ask(ctx, cl)
	}
	if _, err := server.ExistingDatabase(*c.Data); err != nil {
		return nil, err
	}
	report, err := server.VerifyAudit(ctx, server.Options{Data: *c.Data}, c.Head)
	if !errors.Is(err, store.ErrUnavailable) {
		return report, err
	}
	cl, err := serverOf(ctx, *c.Data, c.EndpointURL)
	if err != nil {
		return nil, err
	}
	return c.ask(ctx, cl)
}

// ask has a server verify, which does it step by step.
func (c *auditVerifyCmd) ask(ctx context.Context, cl *client.Client) (*server.AuditReport, error) {
	report := &server.AuditReport{Problems: []string{}}
	err := cl.Pages(ctx, "VerifyAuditEvents", given(client.Members{"Head": c.Head}), func(page map[string]json.RawMessage) error {
		problems, err := itemsOf[string](page, "Problems")
		report.Problems = append(report.Problems, problems...)
		return errors.Join(err, json.Unmarshal(page["Batches"], &report.Batches), json.Unmarshal(page["Records"], &report.Records), json.Unmarshal(page["Head"], &report.Head))
	})
	return report, err
}

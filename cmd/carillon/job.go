package main

import (
	"context"
	"encoding/json"
	"errors"

	"carillon/internal/client"
)

type jobCmd struct {
	List  jobListCmd  `cmd:"" help:"List work in the background that failed or waits."`
	Retry jobRetryCmd `cmd:"" help:"Give jobs that failed for good another chance."`
}

type jobListCmd struct {
	State string `help:"Only jobs in this state, Failed or Pending." enum:",Failed,Pending" default:""`
	remoteFlags
}

// Run collects all pages into one answer.
func (c *jobListCmd) Run(ctx context.Context, s streams) error {
	return c.collect(ctx, s, "ListJobs", "Jobs", client.Members{"State": c.State, "MaxResults": smallPage})
}

type jobRetryCmd struct {
	JobID []string `arg:"" optional:"" name:"job-id" help:"Ids of failed jobs."`
	All   bool     `help:"Retry all jobs that have failed."`
	remoteFlags
}

// Validate is called by kong.
func (c *jobRetryCmd) Validate() error {
	if (len(c.JobID) > 0) == c.All {
		return errors.New("give job ids, or --all")
	}
	return nil
}

// Run retries each job once, however soon it fails again. Refused ones are
// named.
func (c *jobRetryCmd) Run(ctx context.Context, s streams) error {
	cl, err := c.client(ctx)
	if err != nil {
		return err
	}
	ids := c.JobID
	if c.All {
		if ids, err = failedJobs(ctx, cl); err != nil {
			return err
		}
	}
	run := importRun{operation: "RetryJobs", member: "JobIds", rows: 100, noun: "job", client: cl, errors: s.err}
	for _, id := range ids {
		if err := run.add(ctx, row{place: "job " + id, value: id}); err != nil {
			return err
		}
	}
	if err := run.flush(ctx); err != nil {
		return err
	}
	return run.finish(s, &c.outputFlag, map[string]int{"Retried": run.total - run.Failed, "Failed": run.Failed})
}

// failedJobs returns the ids of the jobs that have failed by now.
func failedJobs(ctx context.Context, cl *client.Client) (ids []string, err error) {
	in := client.Members{"State": "Failed", "MaxResults": smallPage}
	err = cl.Pages(ctx, "ListJobs", in, func(page map[string]json.RawMessage) error {
		jobs, err := itemsOf[struct{ JobId string }](page, "Jobs")
		for _, j := range jobs {
			ids = append(ids, j.JobId)
		}
		return err
	})
	return ids, err
}

package main

import (
	"context"
	"errors"

	"carillon/internal/client"
)

type testCmd struct {
	Reset   testResetCmd   `cmd:"" help:"Empty a test double: all but the root key."`
	Fault   testFaultCmd   `cmd:"" help:"Plan what goes wrong with the next calls of an operation."`
	Faults  testFaultsCmd  `cmd:"" help:"List the faults that are planned, or take them away."`
	Advance testAdvanceCmd `cmd:"" help:"Move the test clock ahead."`
}

type testResetCmd struct{ remoteFlags }

// Run empties the server.
func (c *testResetCmd) Run(ctx context.Context, s streams) error {
	return c.call(ctx, s, "ResetTestData", client.Members{})
}

type testFaultCmd struct {
	Operation string `help:"Operation, as in CreateUser." required:"" placeholder:"NAME"`
	Service   string `help:"Service of the operation: chime, iam, sts or cloudtrail." enum:"chime,iam,sts,cloudtrail" default:"chime"`
	Code      string `help:"Error that answers, as in ThrottledClientException; without it calls are only slow." placeholder:"NAME"`
	Times     int    `help:"How many calls meet it; 0: all." default:"1"`
	Latency   int    `name:"latency-milliseconds" help:"How long calls wait before that, in milliseconds." default:"0"`
	remoteFlags
}

// Validate is called by kong.
func (c *testFaultCmd) Validate() error {
	if c.Code == "" && c.Latency == 0 {
		return errors.New("give --code, --latency-milliseconds or both")
	}
	return nil
}

// Run plans the fault.
func (c *testFaultCmd) Run(ctx context.Context, s streams) error {
	return c.call(ctx, s, "PlanTestFault", client.Members{
		"Operation": c.Operation, "Service": c.Service, "Code": c.Code, "Times": c.Times, "LatencyMilliseconds": c.Latency,
	})
}

type testFaultsCmd struct {
	Delete bool `help:"Take all of them away."`
	remoteFlags
}

// Run lists the faults, or takes them away.
func (c *testFaultsCmd) Run(ctx context.Context, s streams) error {
	if c.Delete {
		return c.call(ctx, s, "DeleteTestFaults", client.Members{})
	}
	return c.call(ctx, s, "ListTestFaults", client.Members{})
}

type testAdvanceCmd struct {
	By string `arg:"" help:"How far, as in 192h."`
	remoteFlags
}

// Run moves the clock.
func (c *testAdvanceCmd) Run(ctx context.Context, s streams) error {
	return c.call(ctx, s, "AdvanceTestClock", client.Members{"Advance": c.By})
}

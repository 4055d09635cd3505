package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

// otherSuffix marks what was measured of the other version.
const otherSuffix = "-other"

// startOther builds and starts the version of Carillon that this one is measured
// against, on a database that its own bench fills, with the same users.
func (b *bench) startOther(ctx context.Context, d dataset) (*server, error) {
	binary := filepath.Join(b.dir, "carillon"+otherSuffix)
	if err := build(ctx, b.against, binary); err != nil {
		return nil, err
	}
	data := filepath.Join(b.data, "other")
	progress("having the other version fill its database")
	cmd := exec.CommandContext(ctx, "go", "run", ".", "-only", "start", "-data", data,
		"-users", fmt.Sprint(d.users), "-accounts", fmt.Sprint(d.accounts))
	cmd.Dir = filepath.Join(b.against, "bench")
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("the bench of the other version: %w", err)
	}
	return b.serveProgram(ctx, binary, "carillon"+otherSuffix, "--data", d.dir(data))
}

// change is by how much one costs more than another, as a share: the median of
// the rounds, since a second that something else took weighs nothing in that.
func change(this, other measurement) float64 {
	list := make([]float64, len(this.Slices))
	for i := range list {
		list[i] = this.Slices[i]/other.Slices[i] - 1
	}
	slices.Sort(list)
	return list[len(list)/2]
}

// changes are the rows of the comparison with the other version.
func (b *bench) changes() [][]string {
	rows := [][]string{{"work", "other version", "this one", "change"}}
	for _, t := range targets {
		if t.cell == "" {
			continue
		}
		this, other := b.result(t.cell), b.result(t.cell+otherSuffix)
		if this.Floor > 0 && other.Floor > 0 {
			rows = append(rows, []string{
				t.work, figure(other.CPU/other.Floor) + " × floor", figure(this.CPU/this.Floor) + " × floor",
				fmt.Sprintf("%+.1f %%", 100*change(this, other)),
			})
		}
	}
	return rows
}

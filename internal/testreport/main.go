// Command testreport runs go test, shows what it says without -v, and counts
// what passed, failed and was skipped, and why.
//
//	testreport [-C DIR] go test ARGUMENTS…
//	testreport -total FILE
//
// With TEST_REPORT in the environment the results are appended to the file
// that it names, for a total over several runs; else each run ends with its own.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
)

func main() {
	dir := flag.String("C", ".", "run in this `directory`")
	total := flag.String("total", "", "show the total of the results in this `file`")
	flag.Parse()
	err := run(*dir, *total, flag.Args())
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		os.Exit(1) // go test has said why
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "testreport:", err)
		os.Exit(1)
	}
}

func run(dir, total string, args []string) error {
	if total != "" {
		f, err := os.Open(total)
		if err != nil {
			return err
		}
		defer f.Close()
		return showTotal(os.Stdout, f)
	}
	if len(args) < 2 || args[0] != "go" || args[1] != "test" {
		return errors.New("usage: testreport [-C DIR] go test ARGUMENTS…")
	}
	var r report
	err := r.runTests(dir, args[2:])
	if path := os.Getenv("TEST_REPORT"); path != "" {
		return errors.Join(err, appendTo(path, &r))
	}
	r.summary(os.Stdout)
	return err
}

// runTests runs go test in a directory and reads its events.
func (r *report) runTests(dir string, args []string) error {
	cmd := exec.Command("go", append([]string{"test", "-json"}, args...)...)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	events, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	read := r.read(events, os.Stdout)
	return errors.Join(cmd.Wait(), read)
}

func appendTo(path string, r *report) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(r.save(f), f.Close())
}

func showTotal(out io.Writer, in io.Reader) error {
	var r report
	if err := r.load(in); err != nil {
		return err
	}
	r.summary(out)
	return nil
}

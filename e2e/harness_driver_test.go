package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// driver is a client in another language: a process that reads calls and
// writes outcomes, a line of JSON each.
type driver struct {
	in     *json.Encoder
	out    *bufio.Reader
	stderr *bytes.Buffer
}

// drivenCall is a line that a driver reads.
type drivenCall struct {
	AccessKeyId, SecretAccessKey, SessionToken string
	Service, Operation                         string
	Input                                      members
	PageSize                                   int // other than 0: all pages, through the paginator
}

// drive starts a driver for the server of a caller; it ends with the test.
func (c *caller) drive(t *testing.T, dir, program string, args ...string) *driver {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir = dir
	var more []string
	for _, service := range []string{"IAM", "STS", "CLOUDTRAIL"} {
		more = append(more, "AWS_ENDPOINT_URL_"+service+"="+c.endpoint)
	}
	cmd.Env = c.environ(t.TempDir(), more...)
	d := &driver{stderr: new(bytes.Buffer)}
	cmd.Stderr = d.stderr
	in, err := cmd.StdinPipe()
	succeed(t, err)
	out, err := cmd.StdoutPipe()
	succeed(t, err)
	d.in, d.out = json.NewEncoder(in), bufio.NewReader(out)
	succeed(t, cmd.Start())
	t.Cleanup(func() { d.end(t, cmd, in) })
	return d
}

func (d *driver) end(t *testing.T, cmd *exec.Cmd, in io.Closer) {
	in.Close()
	if err := cmd.Wait(); err != nil && t.Context().Err() == nil {
		t.Errorf("the client ended with %v: %s", err, d.stderr)
	}
}

func (d *driver) call(t testing.TB, keys aws.Credentials, service, operation string, in members) outcome {
	t.Helper()
	return d.ask(t, drivenCall{keys.AccessKeyID, keys.SecretAccessKey, keys.SessionToken, service, operation, in, 0})
}

func (d *driver) lookUpAll(t testing.TB, keys aws.Credentials, in members, pageSize int) any {
	t.Helper()
	o := d.ask(t, drivenCall{keys.AccessKeyID, keys.SecretAccessKey, keys.SessionToken, "cloudtrail", "LookupEvents", in, pageSize})
	if o.Error != nil {
		t.Fatalf("%v: %+v", in, *o.Error)
	}
	return o.Output["Events"]
}

// ask sends a line and reads one.
func (d *driver) ask(t testing.TB, call drivenCall) (o outcome) {
	t.Helper()
	succeed(t, d.in.Encode(call))
	line, err := d.out.ReadBytes('\n')
	if err != nil {
		t.Fatalf("%v; the client says: %s", err, d.stderr)
	}
	if err := json.Unmarshal(line, &o); err != nil {
		t.Fatalf("%v in %q; the client says: %s", err, line, d.stderr)
	}
	return o
}

// clientScript returns the path of a driver in Python.
func clientScript(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", "clients", name))
	succeed(t, err)
	return path
}

// pythons returns the interpreters that have a module, by the version that an
// expression tells.
func pythons(module, version string) map[string]string {
	found := map[string]string{}
	for _, python := range programs("python3") {
		if v, err := answers(python, "-c", "import "+module+"; print("+version+")"); err == nil {
			found[v] = python
		}
	}
	return found
}

var majorVersion = regexp.MustCompile(`^\d+`)

// drivenCLIs returns interpreters that have an AWS CLI, by its major version.
// They run its main function in one process, since starting it takes long.
func drivenCLIs() map[string]string {
	found := map[string]string{}
	for version, python := range pythons("awscli", "awscli.__version__") {
		found[majorVersion.FindString(version)] = python
	}
	return found
}

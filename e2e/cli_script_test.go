package e2e

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

const cliScript = "testdata/cli.sh"

var wordEnd = regexp.MustCompile(`([a-z0-9])([A-Z])`)

// cliName is what the AWS CLI calls an operation.
func cliName(operation string) string {
	return strings.ToLower(wordEnd.ReplaceAllString(operation, "$1-$2"))
}

// The script of documented commands works with the AWS CLI that is found first,
// and shows all operations. With the others it can be run by hand.
func TestCLIScript(t *testing.T) {
	waits(t, "a minute")
	t.Parallel()
	clis := awsCLIs()
	if len(clis) == 0 {
		missing(t, "the AWS CLI", "there is no aws in PATH or /usr/bin")
	}
	e := engines()[0].shareAmple(t)
	h := newHook(t)
	cmd := command("sh", cliScript)
	cmd.Env = e.tenant(t).environ(t.TempDir(), "AWS="+clis[0].program, "CARILLON="+suite.binary, "HOOK="+h.url, "AREA="+e.areaCode())
	r, err := run(cmd)
	succeed(t, err)
	if r.code != 0 {
		t.Fatalf("version %s: exit code %d\n%s%s", clis[0].version, r.code, r.stdout, r.stderr)
	}
	for _, operation := range sdkOperations() {
		if !slices.Contains(strings.Split(r.stdout, "\n"), "ok "+cliName(operation)) {
			t.Errorf("the script has not shown %s", cliName(operation))
		}
	}
	equal(t, "challenges", len(h.receivedChallenges()), 1)
}

package e2e

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// awsCLI is one of the AWS command line interfaces.
type awsCLI struct {
	program string
	version string
	// told is true if it has to be told the endpoint: versions 2 before 2.13
	// do not find it in the environment.
	told bool
	// failure is its exit code when the service refuses.
	failure int
}

var cliVersion = regexp.MustCompile(`^aws-cli/(\d+)\.(\d+)\.\d+`)

// awsCLIs returns those that are installed.
func awsCLIs() (list []awsCLI) {
	for _, program := range programs("aws") {
		text, err := answers(program, "--version")
		m := cliVersion.FindStringSubmatch(text)
		if err != nil || m == nil {
			continue
		}
		var major, minor int
		fmt.Sscan(m[1]+" "+m[2], &major, &minor)
		cli := awsCLI{program: program, version: m[0][len("aws-cli/"):], failure: 255}
		if major == 2 {
			cli.failure, cli.told = 254, minor < 13
		}
		list = append(list, cli)
	}
	return list
}

// cliJob is an AWS CLI that works for a caller.
type cliJob struct {
	awsCLI
	c    *caller
	home string
}

// run runs aws chime with some arguments.
func (j *cliJob) run(t *testing.T, args ...string) result {
	t.Helper()
	all := append([]string{"chime"}, args...)
	if j.told {
		all = append(all, "--endpoint-url", j.c.endpoint)
	}
	cmd := command(j.program, append(all, "--output", "json")...)
	cmd.Env = j.c.environ(j.home)
	r, err := run(cmd)
	succeed(t, err)
	return r
}

// printed is what the CLI prints of the answers in the main job.
type printed struct {
	Account   struct{ AccountId, AccountType string }
	User      printedUser
	Users     []printedUser
	NextToken string
}

type printedUser struct{ UserId, PrimaryEmail, LicenseType, PersonalPIN string }

// do runs a command that must succeed.
func (j *cliJob) do(t *testing.T, args ...string) printed {
	t.Helper()
	return parseJSON[printed](t, j.run(t, args...).succeeded(t))
}

// refused runs a command that must be refused.
func (j *cliJob) refused(t *testing.T, name string, args ...string) {
	t.Helper()
	r := j.run(t, args...)
	r.failed(t, j.failure, "("+name+")")
}

func TestClient_aws_cli(t *testing.T) {
	clis := awsCLIs()
	if len(clis) == 0 {
		missing(t, "the AWS CLI", "there is no aws in PATH or /usr/bin")
	}
	forEachEngine(t, func(t *testing.T, e *env) {
		for _, cli := range clis {
			t.Run(cli.version, func(t *testing.T) {
				t.Parallel()
				mainCLIJob(t, &cliJob{cli, e.caller, t.TempDir()})
			})
		}
	})
}

func mainCLIJob(t *testing.T, j *cliJob) {
	id := j.do(t, "create-account", "--name", "Main job").Account.AccountId
	created := j.do(t, "create-user", "--account-id", id, "--email", oddEmail, "--user-type", "PrivateUser").User
	equal(t, "user", created, printedUser{created.UserId, oddEmail, "Pro", ""})

	user := []string{"--account-id", id, "--user-id", created.UserId}
	got := j.do(t, append([]string{"get-user"}, user...)...).User
	isPIN(t, &got.PersonalPIN)
	updated := j.do(t, append([]string{"update-user", "--license-type", "Basic"}, user...)...).User
	equal(t, "license", updated.LicenseType, "Basic")
	found := j.do(t, "list-users", "--account-id", id, "--user-email", strings.ToUpper(oddEmail)).Users
	equal(t, "users by e-mail", len(found), 1)
	equal(t, "output of a 204", j.run(t, append([]string{"logout-user"}, user...)...).succeeded(t), "")

	j.refused(t, "NotFoundException", "get-user", "--account-id", id, "--user-id", "no/such user")
	j.refused(t, "ConflictException", "create-user", "--account-id", id, "--email", strings.ToUpper(oddEmail))
	j.refused(t, "BadRequestException", "create-user", "--account-id", id, "--email", "nonsense")

	ids := append([]string{created.UserId}, j.c.users(t, id, 4)...)
	var listed []string
	for _, u := range j.do(t, "list-users", "--account-id", id, "--page-size", "2").Users {
		listed = append(listed, u.UserId)
	}
	equal(t, "users", listed, ids)
}

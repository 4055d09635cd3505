package e2e

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chime"
)

// nginxProgram returns the nginx to test with.
func nginxProgram(t *testing.T) string {
	t.Helper()
	for _, program := range append(programs("nginx"), "/usr/sbin/nginx") {
		if _, err := answers(program, "-v"); err == nil {
			return program
		}
	}
	missing(t, "nginx", "there is none in PATH or /usr/sbin")
	return ""
}

// upstream is what docs/proxies.md calls the server.
const upstream = "127.0.0.1:8018"

// documentedNginx is the block in docs/proxies.md.
func documentedNginx(t *testing.T) string {
	t.Helper()
	m := regexp.MustCompile("(?s)```nginx\n(.*?)```").FindStringSubmatch(readFile(filepath.Join("..", "docs", "proxies.md")))
	if m == nil || !strings.Contains(m[1], upstream) {
		t.Fatal("docs/proxies.md has no block for nginx")
	}
	return m[1]
}

// behind starts an nginx with a location in front of the server and returns the
// caller who goes through it.
func (e *env) behind(t *testing.T, location string) *caller {
	t.Helper()
	program, address, dir := nginxProgram(t), freeAddress(t), t.TempDir()
	config := filepath.Join(dir, "nginx.conf")
	succeed(t, os.WriteFile(config, fmt.Appendf(nil, `
daemon off;
master_process off;
pid %[1]s/pid;
error_log stderr;
events {}
http {
	access_log off;
	client_body_temp_path %[1]s/body;
	proxy_temp_path %[1]s/proxy;
	fastcgi_temp_path %[1]s/fastcgi;
	uwsgi_temp_path %[1]s/uwsgi;
	scgi_temp_path %[1]s/scgi;
	server {
		listen %[2]s;
		%[3]s
	}
}
`, dir, address, strings.ReplaceAll(location, upstream, strings.TrimPrefix(e.endpoint, "http://"))), 0o600))
	cmd := exec.CommandContext(t.Context(), program, "-e", "stderr", "-p", dir, "-c", config)
	cmd.Stderr = os.Stderr
	succeed(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Wait() }) // the context of the test has killed it
	eventually(t, "nginx listening", func() bool {
		conn, err := net.DialTimeout("tcp", address, time.Second)
		if err == nil {
			conn.Close()
		}
		return err == nil
	})
	return newCaller("http://"+address, e.keys)
}

// What people write first breaks every call, and the answer says why.
func TestSignature_behind_default_nginx(t *testing.T) {
	t.Parallel()
	e := ownServer(t)
	host := strings.TrimPrefix(e.endpoint, "http://")
	for location, seen := range map[string]string{
		"location / { proxy_pass http://" + upstream + "; }":                              host,
		"location / { proxy_pass http://" + upstream + "; proxy_set_header Host $host; }": "127.0.0.1",
	} {
		c := e.behind(t, location)
		_, err := c.ListAccounts(t.Context(), &chime.ListAccountsInput{})
		refused(t, err, invalidSignature, "proxy", "Host header, which arrived as '"+seen+"'")
	}
}

// A proxy_pass with a path breaks those calls whose path it decodes.
func TestSignature_behind_rewriting_nginx(t *testing.T) {
	t.Parallel()
	e := ownServer(t)
	c := e.behind(t, "location / { proxy_pass http://"+upstream+"/; proxy_set_header Host $http_host; }")
	id := c.team(t)
	_, err := c.GetPhoneNumber(t.Context(), &chime.GetPhoneNumberInput{PhoneNumberId: aws.String("+12065550100")})
	refused(t, err, invalidSignature, "the path arrived as '/phone-numbers/+12065550100'")
	c = e.behind(t, "location /chime/ { proxy_pass http://"+upstream+"/; proxy_set_header Host $http_host; }")
	prefixed := newCaller(c.endpoint+"/chime", c.keys)
	_, err = prefixed.GetAccount(t.Context(), &chime.GetAccountInput{AccountId: &id})
	refused(t, err, invalidSignature, "path prefix", "the path arrived as '/accounts/"+id+"'")
}

// With the documented settings everything works.
func TestSignature_behind_documented_nginx(t *testing.T) {
	t.Parallel()
	worksBehindProxy(t, ownServer(t).behind(t, documentedNginx(t)))
}

func TestSignature_of_aws_cli_behind_documented_nginx(t *testing.T) {
	t.Parallel()
	clis := awsCLIs()
	if len(clis) == 0 {
		missing(t, "the AWS CLI", "there is no aws in PATH or /usr/bin")
	}
	c := ownServer(t).behind(t, documentedNginx(t))
	j := &cliJob{clis[0], c, t.TempDir()}
	id := j.do(t, "create-account", "--name", "a b").Account.AccountId
	user := j.do(t, "create-user", "--account-id", id, "--email", oddEmail).User
	found := j.do(t, "list-users", "--account-id", id, "--user-email", oddEmail).Users
	equal(t, "users by e-mail", len(found), 1)
	equal(t, "user", found[0].UserId, user.UserId)
	j.refused(t, "NotFoundException", "get-phone-number", "--phone-number-id", "+12065550100")
	j.refused(t, "NotFoundException", "get-phone-number", "--phone-number-id", "%2B12065550100")
}

// worksBehindProxy calls what proxies get wrong: odd ids, queries and bodies.
func worksBehindProxy(t *testing.T, c *caller) {
	id := c.team(t)
	user := c.user(t, id, oddEmail)
	equal(t, "user by e-mail", c.find(t, id, oddEmail).UserId, user.UserId)
	for _, odd := range []string{"a+b", "%2Bb", "a/b", "a//b", "a b", "ö", "a%2Fb", "a;b=c?d#e", "...", "a\\b"} {
		_, err := c.GetUser(t.Context(), &chime.GetUserInput{AccountId: &id, UserId: &odd})
		refused(t, err, notFound)
	}
	for _, odd := range []string{"+12065550100", "%2B12065550100"} {
		_, err := c.GetPhoneNumber(t.Context(), &chime.GetPhoneNumberInput{PhoneNumberId: &odd})
		refused(t, err, notFound)
	}
	for size, want := range map[int]refusal{1 << 20: badRequest, 1<<20 + 1: tooLarge} {
		body := `{"Name":"` + ofLength(size-11, "x") + `"}`
		c.send(t, "POST", "/accounts", body).refused(t, want)
	}
}

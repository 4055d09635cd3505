package e2e

import (
	"os"
	"path/filepath"
	"testing"
)

// nowhere is an address at which nothing listens.
const nowhere = "http://127.0.0.1:1"

func TestCommandClient_finds_endpoint(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		keys := []string{"AWS_ACCESS_KEY_ID=" + e.keys.AccessKeyID, "AWS_SECRET_ACCESS_KEY=" + e.keys.SecretAccessKey}
		for _, tt := range []struct {
			what      string
			env, args []string
		}{
			{"flag", []string{"AWS_ENDPOINT_URL_CHIME=" + nowhere}, []string{"--endpoint-url", e.endpoint}},
			{"variable of the service", []string{"AWS_ENDPOINT_URL_CHIME=" + e.endpoint, "AWS_ENDPOINT_URL=" + nowhere}, nil},
			{"variable of all services", []string{"AWS_ENDPOINT_URL=" + e.endpoint}, nil},
			{"a slash at the end", []string{"AWS_ENDPOINT_URL=" + e.endpoint + "/"}, nil},
		} {
			t.Run(tt.what, func(t *testing.T) {
				env := cleanEnv(t.TempDir(), append(tt.env, keys...)...)
				carillonIn(t, env, append([]string{"account", "list"}, tt.args...)...).succeeded(t)
			})
		}
	})
}

// writeProfile writes ~/.aws with a profile and returns the home directory.
func (c *caller) writeProfile(t testing.TB, name string) string {
	t.Helper()
	home := t.TempDir()
	config := "[profile " + name + "]\nregion = eu-central-1\nservices = local\n" +
		"[services local]\nchime =\n  endpoint_url = " + c.endpoint + "\n"
	credentials := "[" + name + "]\naws_access_key_id = " + c.keys.AccessKeyID + "\naws_secret_access_key = " + c.keys.SecretAccessKey + "\n"
	succeed(t, os.Mkdir(filepath.Join(home, ".aws"), 0o700))
	succeed(t, os.WriteFile(filepath.Join(home, ".aws", "config"), []byte(config), 0o600))
	succeed(t, os.WriteFile(filepath.Join(home, ".aws", "credentials"), []byte(credentials), 0o600))
	return home
}

func TestCommandClient_profile(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		home := e.writeProfile(t, "here")
		for what, env := range map[string][]string{
			"flag":     cleanEnv(home),
			"variable": cleanEnv(home, "AWS_PROFILE=here"),
		} {
			t.Run(what, func(t *testing.T) {
				args := []string{"account", "list", "--endpoint-url", e.endpoint}
				if what == "flag" {
					args = append(args, "--profile", "here")
				}
				carillonIn(t, env, args...).succeeded(t)
			})
		}
		carillonIn(t, cleanEnv(home), "account", "list", "--profile", "elsewhere").failed(t, exitFailed, "elsewhere")
	})
}

func TestCommandClient_endpoint_of_profile(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		carillonIn(t, cleanEnv(e.writeProfile(t, "here")), "account", "list", "--profile", "here").succeeded(t)
	})
}

func TestCommandClient_credentials_missing(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		env := cleanEnv(t.TempDir(), "AWS_ENDPOINT_URL_CHIME="+e.endpoint)
		carillonIn(t, env, "account", "list").failed(t, exitFailed, "carillon env", "AWS_ACCESS_KEY_ID")
	})
}

func TestCommandClient_credentials_wrong(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) {
		for word, variable := range map[string]string{
			"InvalidSignatureException":   "AWS_SECRET_ACCESS_KEY=wrong",
			"UnrecognizedClientException": "AWS_ACCESS_KEY_ID=AKIAUNKNOWN",
		} {
			carillonIn(t, e.environ(t.TempDir(), variable), "account", "list").failed(t, exitFailed, word)
		}
		env := e.environ(t.TempDir(), "AWS_SESSION_TOKEN=not-ours")
		carillonIn(t, env, "account", "list").failed(t, exitFailed, "UnrecognizedClientException")
	})
}

func TestCommandClient_no_server(t *testing.T) {
	t.Parallel()
	env := cleanEnv(t.TempDir(), "AWS_ACCESS_KEY_ID=a", "AWS_SECRET_ACCESS_KEY=b", "AWS_ENDPOINT_URL_CHIME="+nowhere)
	carillonIn(t, env, "account", "list").failed(t, exitFailed, "127.0.0.1:1")
}

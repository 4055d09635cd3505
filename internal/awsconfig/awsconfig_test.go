package awsconfig

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"
)

// isolate hides the environment and the files of who runs the tests, and
// writes both files.
func isolate(t *testing.T, config, credentials string) {
	t.Helper()
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "")
		}
	}
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	write(t, filepath.Join(home, ".aws", "config"), config)
	write(t, filepath.Join(home, ".aws", "credentials"), credentials)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	err := os.MkdirAll(filepath.Dir(path), 0o700)
	if err == nil {
		err = os.WriteFile(path, []byte(text), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestParse(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		want file
	}{
		"empty":              {"", file{}},
		"before any section": {"region = x\n", file{}},
		"blanks and case":    {"[ profile   a ]\r\nRegion=X\r\n  \r\n[default]\n", file{"profile a": {"region": "X"}, "default": {}}},
		"comments":           {"# c\n[a] ; c\n; c\nk = v # c\nl = v#w;x\n#m = v\n", file{"a": {"k": "v", "l": "v#w;x"}}},
		"a value with =":     {"[a]\nk = v=w==\n", file{"a": {"k": "v=w=="}}},
		"no setting":         {"[a]\nwhat\n[b\nk = v\n", file{"a": {"k": "v"}}},
		"a section twice":    {"[a]\nk = v\nl = v\n[b]\n[a]\nk = w\n", file{"a": {"k": "w", "l": "v"}, "b": {}}},
		"below a setting":    {"[services s]\nchime =\n  endpoint_url = u\n\n\tother = o\niam =\n  endpoint_url = i\nk = v\n  l = w\n", file{"services s": {"chime": "", "chime.endpoint_url": "u", "chime.other": "o", "iam": "", "iam.endpoint_url": "i", "k": "v", "l": "w"}}},
		"byte order mark":    {"\ufeff[a]\nk = v", file{"a": {"k": "v"}}},
	} {
		if got := parse(test.text); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}

const (
	envKey     = "AWS_ACCESS_KEY_ID=AKIAENV AWS_SECRET_ACCESS_KEY=s"
	defaultKey = "[default]\naws_access_key_id = AKIADEFAULT\naws_secret_access_key = s\n"
	keyOfA     = "[profile a]\naws_access_key_id = AKIAA\naws_secret_access_key = s\naws_session_token = t\n"
	keyOfB     = "[b]\naws_access_key_id = AKIAB\naws_secret_access_key = s\n"
)

// setenv sets variables given as "NAME=value NAME=value".
func setenv(t *testing.T, list string) {
	for variable := range strings.FieldsSeq(list) {
		name, value, _ := strings.Cut(variable, "=")
		t.Setenv(name, value)
	}
}

func TestCredentials(t *testing.T) {
	for name, test := range map[string]struct {
		profile, env, config, credentials string
		want                              string // id and token, or a part of the error
	}{
		"environment":                        {"", envKey + " AWS_SESSION_TOKEN=t", defaultKey, "", "AKIAENV t"},
		"environment over AWS_PROFILE":       {"", envKey + " AWS_PROFILE=a", keyOfA, "", "AKIAENV "},
		"old names":                          {"", "AWS_ACCESS_KEY=AKIAOLD AWS_SECRET_KEY=s", "", "", "AKIAOLD "},
		"half of the environment":            {"", "AWS_ACCESS_KEY_ID=AKIAENV", defaultKey, "", "AKIADEFAULT "},
		"profile asked for over environment": {"a", envKey, keyOfA, "", "AKIAA t"},
		"default":                            {"", "", defaultKey, "", "AKIADEFAULT "},
		"default as a profile":               {"", "", strings.Replace(defaultKey, "default", "profile default", 1) + strings.ReplaceAll(defaultKey, "AKIADEFAULT", "X"), "", "AKIADEFAULT "},
		"AWS_PROFILE":                        {"", "AWS_PROFILE=a", defaultKey + keyOfA, "", "AKIAA t"},
		"AWS_DEFAULT_PROFILE":                {"", "AWS_DEFAULT_PROFILE=b", defaultKey, keyOfB, "AKIAB "},
		"credentials file":                   {"b", "", "[profile b]\nregion = r\n", keyOfB, "AKIAB "},
		"credentials file without mixing":    {"a", "", keyOfA, strings.Replace(keyOfB, "[b]", "[a]", 1), "AKIAB "},
		"not a profile in config":            {"b", "", keyOfB, "", `no profile "b"`},
		"nobody":                             {"", "", "", "", "no credentials"},
		"default asked for, nowhere":         {"default", "", "", "", `no profile "default"`},
		"unknown":                            {"", "AWS_PROFILE=ghost " + envKey, defaultKey, "", `no profile "ghost"`},
		"half a key":                         {"", "", "[default]\naws_access_key_id = x\n", "", "only one of"},
		"role":                               {"a", "", keyOfA + "role_arn = r\nsource_profile = a\n", "", "role_arn"},
		"single sign-on":                     {"a", "", "[profile a]\nsso_session = s\n", "", "sso_session"},
		"old single sign-on":                 {"a", "", "[profile a]\nsso_start_url = s\n", "", "sso_start_url"},
		"web identity":                       {"a", "", "[profile a]\nweb_identity_token_file = s\n", "", "web_identity_token_file"},
		"a key beside single sign-on":        {"a", "", keyOfA + "sso_session = s\n", "", "AKIAA t"},
		"unsupported but not asked for":      {"", envKey, "[default]\nrole_arn = r\n", "", "AKIAENV "},
	} {
		t.Run(name, func(t *testing.T) {
			isolate(t, test.config, test.credentials)
			setenv(t, test.env)
			if got := found(t, test.profile); !strings.Contains(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// found returns id and token, or the error.
func found(t *testing.T, profile string) string {
	c, err := Load(profile)
	if err != nil {
		return err.Error()
	}
	key, err := c.Credentials(t.Context())
	if err != nil {
		return err.Error()
	}
	return key.AccessKeyID + " " + key.SessionToken
}

func TestCredentials_process(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("SKIPPED: the commands are for a POSIX shell")
	}
	for command, want := range map[string]string{
		`echo '{"Version":1,"AccessKeyId":"AKIAP","SecretAccessKey":"s","SessionToken":"t"}'`: "AKIAP t",
		"exit 3":        "exit status 3",
		"no-such-thing": "exit status 127",
		"echo secret":   "not the JSON object",
	} {
		isolate(t, "[profile p]\ncredential_process = "+command+"\n", "")
		if got := found(t, "p"); !strings.Contains(got, want) || strings.Contains(got, "secret") {
			t.Errorf("%s: got %q, want %q", command, got, want)
		}
	}
}

func TestReadProcess(t *testing.T) {
	now := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	const key = `"AccessKeyId":"a","SecretAccessKey":"s"`
	for text, want := range map[string]string{
		`{"Version":1,` + key + `}`:                                     "",
		`{"Version":1,` + key + `,"Expiration":"2026-11-27T12:00:01Z"}`: "",
		`{"Version":1,` + key + `,"Expiration":"2026-11-27T12:00:00Z"}`: "expired",
		`{"Version":1,` + key + `,"Expiration":"soon"}`:                 "JSON",
		`{"Version":2,` + key + `}`:                                     "Version 2",
		`{` + key + `}`:                                                 "Version 0",
		`{"Version":1,"AccessKeyId":"a"}`:                               "lacks",
		``:                                                              "JSON",
	} {
		_, err := readProcess([]byte(text), now)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

func TestEndpoint(t *testing.T) {
	const services = "services = s\nendpoint_url = all\n[services s]\nchime =\n  endpoint_url = ours\n"
	for name, test := range map[string]struct{ env, config, want string }{
		"none":                     {"", "", ""},
		"for this service":         {"AWS_ENDPOINT_URL_CHIME=env AWS_ENDPOINT_URL=envall", "[default]\n" + services, "env"},
		"services section":         {"AWS_ENDPOINT_URL=envall", "[default]\n" + services, "ours"},
		"for all":                  {"AWS_ENDPOINT_URL=envall", "[default]\nendpoint_url = all\n", "envall"},
		"of the profile":           {"AWS_ENDPOINT_URL_IAM=no", "[default]\nendpoint_url = all\n", "all"},
		"no such section":          {"", "[default]\nservices = t\nendpoint_url = all\n", "all"},
		"another profile's":        {"", "[profile x]\nendpoint_url = all\n", ""},
		"ignored":                  {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true AWS_ENDPOINT_URL_CHIME=env", "[default]\n" + services, ""},
		"ignored by the profile":   {"AWS_ENDPOINT_URL=env", "[default]\nignore_configured_endpoint_urls = True\n" + services, ""},
		"environment over profile": {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=false", "[default]\nignore_configured_endpoint_urls = true\n" + services, "ours"},
	} {
		t.Run(name, func(t *testing.T) {
			isolate(t, test.config, "")
			setenv(t, test.env)
			c, err := Load("")
			if err != nil {
				t.Fatal(err)
			}
			if got := c.Endpoint("chime"); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestRegion(t *testing.T) {
	isolate(t, "[default]\nregion = profile\n", "")
	for _, test := range []struct{ env, want string }{
		{"", "profile"}, {"AWS_DEFAULT_REGION=old", "old"}, {"AWS_REGION=new", "new"},
	} {
		setenv(t, test.env)
		if c, err := Load(""); err != nil || c.Region() != test.want {
			t.Errorf("%s: got %q, %v, want %q", test.env, c.Region(), err, test.want)
		}
	}
}

// The files can be elsewhere, or nowhere; one that cannot be read is an error.
func TestLoad_files(t *testing.T) {
	isolate(t, "", "")
	dir := t.TempDir()
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(dir, "missing"))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(dir, "keys"))
	write(t, filepath.Join(dir, "keys"), keyOfB)
	if got := found(t, "b"); got != "AKIAB " {
		t.Errorf("got %q", got)
	}
	t.Setenv("AWS_CONFIG_FILE", dir)
	if _, err := Load(""); err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("a directory: %v", err)
	}
	if _, err := Load("b"); errors.Is(err, ErrNoCredentials) {
		t.Errorf("a directory: %v", err)
	}
}

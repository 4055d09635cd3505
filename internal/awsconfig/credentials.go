package awsconfig

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"time"
)

// Credentials are an access key, and a token if it is one of a session.
type Credentials struct {
	AccessKeyID, SecretAccessKey, SessionToken string
}

// The settings that are a key.
const (
	keyID     = "aws_access_key_id"
	keySecret = "aws_secret_access_key"
	keyToken  = "aws_session_token"
)

// ErrNoCredentials says that neither environment nor profile has a key.
var ErrNoCredentials = errors.New("no credentials")

// Credentials returns the key of the profile that was asked for, else of the
// environment, else of the profile. ErrNoCredentials if there is none; another
// error says what the profile has instead, or why its process gave none.
func (c *Config) Credentials(ctx context.Context) (Credentials, error) {
	if key := ofEnvironment(); !c.named && key.complete() {
		return key, nil
	}
	if err := c.unsupported(); err != nil {
		return Credentials{}, err
	}
	key := Credentials{c.profile[keyID], c.profile[keySecret], c.profile[keyToken]}
	command := c.profile["credential_process"]
	switch {
	case key.complete():
		return key, nil
	case key.AccessKeyID != "" || key.SecretAccessKey != "":
		return Credentials{}, fmt.Errorf("the profile %q has only one of %s and %s", c.name, keyID, keySecret)
	case command == "":
		return Credentials{}, ErrNoCredentials
	}
	key, err := ofProcess(ctx, command)
	if err != nil {
		return Credentials{}, fmt.Errorf("credential_process of the profile %q: %w", c.name, err)
	}
	return key, nil
}

func ofEnvironment() Credentials {
	return Credentials{
		cmp.Or(os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_ACCESS_KEY")),
		cmp.Or(os.Getenv("AWS_SECRET_ACCESS_KEY"), os.Getenv("AWS_SECRET_KEY")),
		os.Getenv("AWS_SESSION_TOKEN"),
	}
}

func (c Credentials) complete() bool { return c.AccessKeyID != "" && c.SecretAccessKey != "" }

// unsupported are settings by which a profile gets its key from AWS. No key of
// AWS is one of Carillon, so that an error helps more than a call to there.
func (c *Config) unsupported() error {
	for _, setting := range []string{"role_arn", "web_identity_token_file", "sso_session", "sso_start_url", "login_session"} {
		if c.profile[setting] != "" && (setting == "role_arn" || c.profile[keyID] == "") {
			return fmt.Errorf("the profile %q has %s, with which only AWS gives out keys; use one with %s and %s, or with credential_process",
				c.name, setting, keyID, keySecret)
		}
	}
	return nil
}

// processTimeout bounds a credential_process, which may ask somebody for a
// password.
const processTimeout = time.Minute

// ofProcess runs the command as AWS tools do, by the shell.
func ofProcess(ctx context.Context, command string) (Credentials, error) {
	ctx, cancel := context.WithTimeout(ctx, processTimeout)
	defer cancel()
	shell, flag := "sh", "-c"
	if runtime.GOOS == "windows" {
		shell, flag = "cmd.exe", "/C"
	}
	process := exec.CommandContext(ctx, shell, flag, command)
	process.Stdin, process.Stderr = os.Stdin, os.Stderr
	process.WaitDelay = time.Second // for what it has started and left running
	text, err := process.Output()
	if err != nil {
		return Credentials{}, err
	}
	return readProcess(text, time.Now())
}

// readProcess reads what the command printed. Errors do not show any of it.
func readProcess(text []byte, now time.Time) (Credentials, error) {
	var out struct {
		Version int
		Credentials
		Expiration *time.Time
	}
	if err := json.Unmarshal(text, &out); err != nil {
		return Credentials{}, errors.New("its output is not the JSON object that AWS tools expect")
	}
	key := Credentials{out.AccessKeyID, out.SecretAccessKey, out.SessionToken}
	switch {
	case out.Version != 1:
		return Credentials{}, fmt.Errorf("its output has Version %d, want 1", out.Version)
	case !key.complete():
		return Credentials{}, errors.New("its output lacks AccessKeyId or SecretAccessKey")
	case out.Expiration != nil && !out.Expiration.After(now):
		return Credentials{}, errors.New("its key has expired")
	}
	return key, nil
}

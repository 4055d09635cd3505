package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"carillon/server"
)

// keyFile is how a running server tells carillon env, on the same machine,
// where it is and what its root key is. Only its owner can read it.
type keyFile struct {
	AccessKeyID     string `json:"AccessKeyId"`
	SecretAccessKey string `json:"SecretAccessKey"`
	EndpointURL     string `json:"EndpointUrl"`
}

const keyFileName = server.KeyFile

// write replaces the file at once, so that readers see the old or the new one.
func (k *keyFile) write(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("creating the data directory: %w", err)
	}
	text, err := json.MarshalIndent(k, "", "  ")
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, keyFileName+".*") // mode 0600
	if err != nil {
		return fmt.Errorf("writing the key file: %w", err)
	}
	_, err = f.Write(append(text, '\n'))
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), filepath.Join(dir, keyFileName))
	}
	if err != nil {
		return errors.Join(fmt.Errorf("writing the key file: %w", err), os.Remove(f.Name()))
	}
	return nil
}

func readKeyFile(dir string) (*keyFile, error) {
	text, err := os.ReadFile(filepath.Join(dir, keyFileName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("no server has been started with the data directory %s", dir)
	}
	if err != nil {
		return nil, err
	}
	var k keyFile
	if err := json.Unmarshal(text, &k); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, keyFileName), err)
	}
	return &k, nil
}

// exports are the lines that make AWS tools use the server.
func (k *keyFile) exports() string {
	var b strings.Builder
	for _, v := range [][2]string{
		{"AWS_ACCESS_KEY_ID", k.AccessKeyID},
		{"AWS_SECRET_ACCESS_KEY", k.SecretAccessKey},
		{"AWS_REGION", "us-east-1"},
		{"AWS_DEFAULT_REGION", "us-east-1"},
		{"AWS_ENDPOINT_URL_CHIME", k.EndpointURL},
	} {
		fmt.Fprintf(&b, "export %s=%s\n", v[0], shellQuote(v[1]))
	}
	return b.String()
}

// shellQuote quotes a word for a POSIX shell where that is needed.
func shellQuote(s string) string {
	safe := func(r rune) bool {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("-_./:@%+,=", r)
	}
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !safe(r) }) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

type envCmd struct {
	Data string `help:"Data directory of the server." default:"${data}" placeholder:"DIR"`
}

// Run prints the export lines.
func (c *envCmd) Run(s streams) error {
	k, err := readKeyFile(c.Data)
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(s.out, k.exports())
	return err
}

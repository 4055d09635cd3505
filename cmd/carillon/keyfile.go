package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"carillon/access"
	"carillon/server"
)

// keyFile is how a running server tells carillon env, on the same machine,
// where it is and what its root key is. Only its owner can read it.
type keyFile struct {
	AccessKeyID     string `json:"AccessKeyId"`
	SecretAccessKey string `json:",omitempty"`
	// A secret that is in a file of the operator's is not copied: SecretFile
	// holds nothing else, ConfigFile holds it among other settings.
	SecretFile  string `json:"SecretAccessKeyFile,omitempty"`
	ConfigFile  string `json:",omitempty"`
	EndpointURL string `json:"EndpointUrl"`
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

// newKeyFile returns what is to be written into a data directory for a root
// key. given is where the settings of this start have its secret from.
func newKeyFile(dir string, root access.RootKey, given source, endpoint string) *keyFile {
	k := &keyFile{AccessKeyID: root.AccessKeyID, EndpointURL: endpoint}
	switch before, err := loadKeyFile(dir); {
	case root.Origin == access.OriginKept && err == nil && before.isOf(root):
		k.SecretAccessKey, k.SecretFile, k.ConfigFile = before.SecretAccessKey, before.SecretFile, before.ConfigFile
	case root.Origin == access.OriginKept: // it may be in a file; who gave it knows
	case root.Origin == access.OriginGiven && given.whole:
		k.SecretFile = absolute(given.path)
	case root.Origin == access.OriginGiven && given.path != "":
		k.ConfigFile = absolute(given.path)
	default:
		k.SecretAccessKey = root.SecretAccessKey
	}
	return k
}

// isOf reports whether a file is of a root key, as far as it says.
func (k *keyFile) isOf(root access.RootKey) bool {
	return k.AccessKeyID == root.AccessKeyID && (k.SecretAccessKey == "" || k.SecretAccessKey == root.SecretAccessKey)
}

func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}

// readKeyFile reads the file of a data directory and the secret that it has or
// names.
func readKeyFile(dir string) (*keyFile, error) {
	k, err := loadKeyFile(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("no server has been started with the data directory %s", dir)
	}
	if err != nil {
		return nil, err
	}
	if k.SecretAccessKey, err = k.secret(); err != nil {
		return nil, fmt.Errorf("the secret of the root key: %w", err)
	}
	return k, nil
}

func loadKeyFile(dir string) (*keyFile, error) {
	text, err := os.ReadFile(filepath.Join(dir, keyFileName))
	if err != nil {
		return nil, err
	}
	var k keyFile
	if err := json.Unmarshal(text, &k); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, keyFileName), err)
	}
	return &k, nil
}

// secret finds the secret where the file says that it is.
func (k *keyFile) secret() (string, error) {
	switch {
	case k.SecretAccessKey != "":
		return k.SecretAccessKey, nil
	case k.SecretFile != "":
		return secretFile(k.SecretFile)
	case k.ConfigFile != "":
		return configured(k.ConfigFile, rootSecretFlag)
	}
	return "", fmt.Errorf("the settings of another start gave it, and it is kept in no file; set AWS_ACCESS_KEY_ID=%s and AWS_SECRET_ACCESS_KEY yourself", k.AccessKeyID)
}

// exports are the lines that make AWS tools use the server.
func (k *keyFile) exports() string {
	var b strings.Builder
	for _, v := range k.variables() {
		fmt.Fprintf(&b, "export %s=%s\n", v[0], shellQuote(v[1]))
	}
	return b.String()
}

// variables are those that make AWS tools use the server, with their values.
func (k *keyFile) variables() [][2]string {
	return [][2]string{
		{"AWS_ACCESS_KEY_ID", k.AccessKeyID},
		{"AWS_SECRET_ACCESS_KEY", k.SecretAccessKey},
		{"AWS_REGION", "us-east-1"},
		{"AWS_DEFAULT_REGION", "us-east-1"},
		{"AWS_ENDPOINT_URL_CHIME", k.EndpointURL},
		{"AWS_ENDPOINT_URL_IAM", k.EndpointURL},
		{"AWS_ENDPOINT_URL_STS", k.EndpointURL},
		{"AWS_ENDPOINT_URL_CLOUDTRAIL", k.EndpointURL},
	}
}

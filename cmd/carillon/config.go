package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/alecthomas/kong"
	"github.com/goccy/go-yaml"
	"github.com/pelletier/go-toml/v2"
)

// settings finds values for flags that neither the command line nor the
// environment sets: first in the file that CARILLON_…_FILE names, for secrets,
// then in the file that --config names.
type settings struct {
	path   string
	values map[string]any // by the names of flags
	// sources are the files that values were taken from, by the names of flags.
	sources map[string]source
}

// source is a file that holds the value of a flag.
type source struct {
	path string
	// whole tells a file that is the value from one that has it under a key.
	whole bool
}

const (
	// configFlag is the flag that names the file; it is no setting of the file.
	configFlag = "config"
	// rootSecretFlag is the flag of the root key's secret.
	rootSecretFlag = "root-secret-access-key"
)

// Validate implements kong.Resolver.
func (*settings) Validate(*kong.Application) error { return nil }

// Resolve implements kong.Resolver.
func (s *settings) Resolve(ctx *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	if flag.Name == configFlag || len(flag.Envs) == 0 {
		return nil, nil
	}
	for _, name := range flag.Envs {
		if _, set := os.LookupEnv(name); set {
			return nil, nil // kong has read it
		}
		if path := os.Getenv(name + "_FILE"); path != "" {
			s.sources[flag.Name] = source{path, true}
			return secretFile(path)
		}
	}
	if s.load(configPath(ctx)) != nil {
		return nil, nil // check says it, without a flag that has nothing to do with it
	}
	value := scalar(s.values[flag.Name])
	if value != nil {
		s.sources[flag.Name] = source{s.path, false}
	}
	return value, nil
}

// scalar turns numbers and booleans of a file into the text that a flag takes.
func scalar(v any) any {
	switch v.(type) {
	case nil, string, []any:
		return v
	}
	return fmt.Sprint(v)
}

func secretFile(path string) (string, error) {
	text, err := os.ReadFile(path)
	return strings.TrimRight(string(text), "\r\n"), err
}

// configured returns the value that a configuration file has for a flag.
func configured(path, flag string) (string, error) {
	var s settings
	if err := s.load(path); err != nil {
		return "", err
	}
	value, ok := scalar(s.values[flag]).(string)
	if !ok {
		return "", fmt.Errorf("%s has no %s any more", path, flag)
	}
	return value, nil
}

// configPath returns --config as the command line or the environment sets it.
func configPath(ctx *kong.Context) string {
	for _, flag := range ctx.Flags() {
		if flag.Name == configFlag {
			path, _ := ctx.FlagValue(flag).(string)
			return path
		}
	}
	return ""
}

// load reads the file once. Keys may be written with dashes or underscores.
func (s *settings) load(path string) error {
	if path == s.path {
		return nil
	}
	values, err := readConfig(path)
	if err != nil {
		return err
	}
	named := map[string]any{}
	for key, v := range values {
		name := strings.ReplaceAll(key, "_", "-")
		if _, twice := named[name]; twice {
			return fmt.Errorf("%s: %s is set twice", path, name)
		}
		named[name] = v
	}
	s.path, s.values = path, named
	return nil
}

func readConfig(path string) (map[string]any, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	values := map[string]any{}
	if err := unmarshal(filepath.Ext(path), text, &values); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return values, nil
}

func unmarshal(extension string, text []byte, values *map[string]any) error {
	switch extension {
	case ".toml":
		return toml.Unmarshal(text, values)
	case ".yaml", ".yml":
		return yaml.Unmarshal(text, values)
	}
	return fmt.Errorf("a configuration file ends in .toml, .yaml or .yml, not %q", extension)
}

// defaultData is where the embedded database lives unless --data says otherwise.
func defaultData() string {
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "carillon")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "carillon-data"
	}
	return filepath.Join(home, ".local", "share", "carillon")
}

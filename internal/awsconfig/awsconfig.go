// Package awsconfig finds endpoint, region and access key where AWS tools find
// them: in the environment, and in profiles of ~/.aws/config and
// ~/.aws/credentials. It reads what clients of Carillon can have; what only AWS
// itself can give out (roles, single sign-on) is named in an error.
package awsconfig

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Config is what the environment and a profile say.
type Config struct {
	named    bool    // the profile was asked for, not only its variable or default
	name     string  // of the profile
	profile  section // of both files
	services section // which the profile names
}

// Load reads the files. An empty profile is the one of AWS_PROFILE, else the
// default one. It is an error if a profile that was asked for is nowhere.
func Load(profile string) (*Config, error) {
	wanted := cmp.Or(profile, os.Getenv("AWS_PROFILE"), os.Getenv("AWS_DEFAULT_PROFILE"))
	config, err := readFile(pathOf("AWS_CONFIG_FILE", "config"))
	if err != nil {
		return nil, err
	}
	credentials, err := readFile(pathOf("AWS_SHARED_CREDENTIALS_FILE", "credentials"))
	if err != nil {
		return nil, err
	}
	c := &Config{named: profile != "", name: cmp.Or(wanted, "default")}
	if c.profile = merge(config.profile(c.name), credentials[c.name]); c.profile == nil && wanted != "" {
		return nil, fmt.Errorf("the AWS configuration has no profile %q", wanted)
	}
	c.services = config["services "+c.profile["services"]]
	return c, nil
}

// profile returns the section of a profile in the configuration file, where the
// default one may be written both ways.
func (f file) profile(name string) section {
	s := f["profile "+name]
	if s == nil && name == "default" {
		s = f["default"]
	}
	return s
}

// merge returns the settings of a profile. The credentials file comes first,
// with all of its key: parts of two keys are no key.
func merge(config, credentials section) section {
	if config == nil && credentials == nil {
		return nil
	}
	merged := section{}
	for key, value := range config {
		if credentials[keyID] == "" || key != keyID && key != keySecret && key != keyToken {
			merged[key] = value
		}
	}
	for key, value := range credentials {
		merged[key] = value
	}
	return merged
}

// pathOf returns the path that a variable has, else that of a file in ~/.aws.
func pathOf(variable, name string) string {
	if path := os.Getenv(variable); path != "" {
		return path
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return filepath.Join(".aws", name) // where nothing is
	}
	return filepath.Join(home, ".aws", name)
}

// Region returns the region; empty if nobody says one.
func (c *Config) Region() string {
	return cmp.Or(os.Getenv("AWS_REGION"), os.Getenv("AWS_DEFAULT_REGION"), c.profile["region"])
}

// Endpoint returns the URL for a service, named as in services sections, in the
// order of AWS tools: the environment and the profile for this service, then
// for all services. It is empty if nobody says one, or all are to be ignored.
func (c *Config) Endpoint(service string) string {
	if strings.EqualFold(cmp.Or(os.Getenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"), c.profile["ignore_configured_endpoint_urls"]), "true") {
		return ""
	}
	return cmp.Or(
		os.Getenv("AWS_ENDPOINT_URL_"+strings.ToUpper(service)),
		c.services[service+".endpoint_url"],
		os.Getenv("AWS_ENDPOINT_URL"),
		c.profile["endpoint_url"],
	)
}

package main

import (
	"encoding/json"
	"runtime"
	"runtime/debug"
)

// version is set by the build; see the Makefile.
var version = "development"

type versionCmd struct {
	outputFlag
}

// Run prints version, commit and Go version.
func (c *versionCmd) Run(s streams) error {
	return c.print(s, about())
}

func about() map[string]string {
	return map[string]string{"Version": version, "Commit": commit(), "GoVersion": runtime.Version()}
}

// versionText is what --version prints: the same as the command.
func versionText() string {
	text, _ := json.MarshalIndent(about(), "", "    ") // it is made of texts
	return string(text)
}

// commit is the revision that the build recorded, if any.
func commit() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, setting := range info.Settings {
			if setting.Key == "vcs.revision" {
				return setting.Value
			}
		}
	}
	return "unknown"
}

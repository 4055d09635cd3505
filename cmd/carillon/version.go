package main

import (
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
	return c.print(s, map[string]string{"Version": version, "Commit": commit(), "GoVersion": runtime.Version()})
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

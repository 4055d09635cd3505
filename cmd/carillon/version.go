package main

import (
	"encoding/json"
	"runtime"
	"runtime/debug"
)

// What a build sets: see the Makefile and scripts/release. The date is the
// commit's, so that a build can be repeated.
var (
	version  = "development"
	revision = ""
	date     = ""
)

type versionCmd struct {
	outputFlag
}

// Run prints version, commit and Go version.
func (c *versionCmd) Run(s streams) error {
	return c.print(s, about())
}

func about() map[string]string {
	text := map[string]string{"Version": version, "Commit": commit(), "GoVersion": runtime.Version()}
	if date != "" {
		text["Date"] = date
	}
	return text
}

// versionText is what --version prints: the same as the command.
func versionText() string {
	text, _ := json.MarshalIndent(about(), "", "    ") // it is made of texts
	return string(text)
}

// commit is the revision that the build was told or recorded, if any.
func commit() string {
	if revision != "" {
		return revision
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, setting := range info.Settings {
			if setting.Key == "vcs.revision" {
				return setting.Value
			}
		}
	}
	return "unknown"
}

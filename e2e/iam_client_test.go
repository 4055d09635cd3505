package e2e

import "testing"

func TestIam_life_through_go_v2(t *testing.T) {
	forEachEngine(t, func(t *testing.T, e *env) { liveLife(t, e, goSDK{e.endpoint}, false) })
}

func TestIam_life_through_boto3(t *testing.T) {
	versions := pythons("boto3", "boto3.__version__")
	if len(versions) == 0 {
		missing(t, "boto3", "no python3 has it")
	}
	forEachEngine(t, func(t *testing.T, e *env) {
		for version, python := range versions {
			t.Run(version, func(t *testing.T) {
				liveLife(t, e, e.drive(t, t.TempDir(), python, clientScript(t, "driver.py")), false)
			})
		}
	})
}

func TestIam_life_through_javascript_v3(t *testing.T) {
	if err := npmInstall(); err != nil {
		missing(t, "the AWS SDK for JavaScript", err)
	}
	forEachEngine(t, func(t *testing.T, e *env) { liveLife(t, e, e.drive(t, "js", "node", "driver.mjs"), false) })
}

// Each version of the AWS CLI goes through the life on one of the engines, since
// it takes long.
func TestIam_life_through_aws_cli(t *testing.T) {
	t.Parallel()
	clis := drivenCLIs()
	if len(clis) == 0 {
		missing(t, "the AWS CLI", "no python3 has the module awscli")
	}
	for i, major := range []string{"1", "2"} {
		if clis[major] == "" {
			continue
		}
		t.Run(major, func(t *testing.T) {
			t.Parallel()
			e := engines()[i%len(engines())].share(t, documented)
			liveLife(t, e, e.drive(t, t.TempDir(), clis[major], clientScript(t, "driver_cli.py")), true)
		})
	}
}

package e2e

import "testing"

// clientTest is a test of what a client shows. A client that is slow is asked
// only for what may depend on it.
type clientTest func(t *testing.T, e *env, client sdk, slow bool)

func throughGoV2(t *testing.T, test clientTest) {
	forEachEngine(t, func(t *testing.T, e *env) { test(t, e, goSDK{e.endpoint}, false) })
}

func throughBoto3(t *testing.T, test clientTest) {
	versions := pythons("boto3", "boto3.__version__")
	if len(versions) == 0 {
		missing(t, "boto3", "no python3 has it")
	}
	forEachEngine(t, func(t *testing.T, e *env) {
		for version, python := range versions {
			t.Run(version, func(t *testing.T) {
				test(t, e, e.drive(t, t.TempDir(), python, clientScript(t, "driver.py")), false)
			})
		}
	})
}

func throughJavaScriptV3(t *testing.T, test clientTest) {
	if err := npmInstall(); err != nil {
		missing(t, "the AWS SDK for JavaScript", err)
	}
	forEachEngine(t, func(t *testing.T, e *env) { test(t, e, e.drive(t, "js", "node", "driver.mjs"), false) })
}

// throughAWSCLI runs a test with each version of the AWS CLI on one of the
// engines, since it takes long.
func throughAWSCLI(t *testing.T, test clientTest) {
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
			test(t, e, e.drive(t, t.TempDir(), clis[major], clientScript(t, "driver_cli.py")), true)
		})
	}
}

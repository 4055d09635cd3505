package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// foreignSettings begin the names of variables by which AWS tools find credentials,
// regions and endpoints: what is inherited of them must not lead anybody elsewhere.
var foreignSettings = []string{
	"AWS_ACCESS_KEY", "AWS_SECRET_", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_CREDENTIAL", "AWS_DELEGATION_TOKEN", "AWS_BEARER_TOKEN_",
	"AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_SDK_LOAD_CONFIG", "BOTO_CONFIG",
	"AWS_ROLE_", "AWS_WEB_IDENTITY_", "AWS_CONTAINER_", "AWS_EC2_METADATA_", "AWS_METADATA_", "AWS_SSO_", "AWS_LOGIN_",
	"AWS_ACCOUNT_ID", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
	"AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT", "AWS_STS_REGIONAL_ENDPOINTS", "AWS_AUTH_SCHEME_PREFERENCE", "AWS_SIGV4A_",
}

// useServer makes the environment of this process that of carillon env for a server,
// and keeps ~/.aws and proxies from leading elsewhere. dir takes a file.
func useServer(k *keyFile, dir string) error {
	empty := filepath.Join(dir, "no-settings")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		return err
	}
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		if slices.ContainsFunc(foreignSettings, func(prefix string) bool { return strings.HasPrefix(name, prefix) }) {
			os.Unsetenv(name)
		}
	}
	settings := append(k.variables(),
		[2]string{"AWS_CONFIG_FILE", empty}, [2]string{"AWS_SHARED_CREDENTIALS_FILE", empty}, [2]string{"AWS_EC2_METADATA_DISABLED", "true"})
	for _, v := range append(settings, pastProxies()...) {
		if err := os.Setenv(v[0], v[1]); err != nil {
			return err
		}
	}
	return nil
}

// pastProxies are the variables that lead past proxies to this machine, where there
// are proxies.
func pastProxies() (settings [][2]string) {
	const name, here = "NO_PROXY", "127.0.0.1"
	proxied := slices.ContainsFunc([]string{"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"}, func(name string) bool { return os.Getenv(name) != "" })
	if !proxied {
		return nil
	}
	upper, lower := os.Getenv(name), os.Getenv(strings.ToLower(name))
	for _, v := range [][3]string{{name, upper, lower}, {strings.ToLower(name), lower, upper}} {
		except := v[1]
		if except == "" {
			except = v[2]
		}
		if except != "*" {
			settings = append(settings, [2]string{v[0], strings.TrimPrefix(except+","+here, ",")})
		}
	}
	return settings
}

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// peers measures other directories that answer for one user, where they are
// installed: what they do for it differs, the order of magnitude tells.
func (b *bench) peers(ctx context.Context) error {
	for _, peer := range []struct {
		name, program string
		measure       func(ctx context.Context, program string) error
	}{
		{"moto", "moto_server", b.moto},
		{"ldap", "slapd", b.ldap},
	} {
		if !b.wants(peer.name) {
			continue
		}
		program, err := find(peer.program)
		if err == nil {
			err = peer.measure(ctx, program)
		}
		if err != nil && ctx.Err() == nil {
			b.skip("%s: %v", peer.name, err) // a peer that fails is no fault of ours
		}
	}
	return ctx.Err()
}

// find looks also where Debian keeps daemons.
func find(program string) (string, error) {
	path, err := exec.LookPath(program)
	if err == nil {
		return path, nil
	}
	path = filepath.Join("/usr/sbin", program)
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("%s is not installed", program)
	}
	return path, nil
}

// moto measures GetUser of moto's IAM.
func (b *bench) moto(ctx context.Context, program string) error {
	addr, err := freeAddress()
	if err != nil {
		return err
	}
	_, port, _ := net.SplitHostPort(addr)
	p, err := start(b.logFile("moto"), program, "-H", "127.0.0.1", "-p", port)
	if err != nil {
		return err
	}
	defer p.stop()
	s := &server{process: p, addr: addr, read: readHTTP}
	if err := p.await(ctx, answers("http://"+addr+"/moto-api/")); err != nil {
		return err
	}
	signer := &signer{service: "iam", key: rootKey, at: time.Now()}
	call := func(action string) request {
		return signer.request("POST", "/", formType, "Action="+action+"&UserName=jane&Version=2010-05-08", 200)
	}
	one, create := client{addr: addr, read: readHTTP}, call("CreateUser")
	defer one.close()
	if err := one.do(&create); err != nil {
		return err
	}
	load := loaded("moto", b.connections, func(time.Duration) *batch {
		return &batch{list: []request{call("GetUser")}, cycle: true}
	}, s)
	defer load.close()
	return b.withFloor(ctx, load)
}

// ldap measures the search for one entry by its name in OpenLDAP.
func (b *bench) ldap(ctx context.Context, program string) error {
	dir := filepath.Join(b.dir, "ldap")
	config, err := b.fillLDAP(ctx, program, dir)
	if err != nil {
		return err
	}
	addr, err := freeAddress()
	if err != nil {
		return err
	}
	p, err := start(b.logFile("ldap"), program, "-d", "0", "-h", "ldap://"+addr, "-f", config)
	if err != nil {
		return err
	}
	defer p.stop()
	if err := p.await(ctx, accepts(addr)); err != nil {
		return err
	}
	load := loaded("ldap", b.connections, func(time.Duration) *batch {
		return &batch{list: searches(b.peerUsers), cycle: true}
	}, &server{process: p, addr: addr, read: readLDAP})
	defer load.close()
	return b.withFloor(ctx, load)
}

// accepts tries to connect, for await.
func accepts(addr string) func() error {
	return func() error {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			return err
		}
		return conn.Close()
	}
}

// ldapConfig is that of a server with users below dc=bench and a schema of its
// own, lest it depend on where the system keeps schemas.
const ldapConfig = `objectclass ( 1.1.2.1 NAME 'benchRoot' SUP top STRUCTURAL MUST cn )
objectclass ( 1.1.2.2 NAME 'benchUser' SUP top STRUCTURAL MUST cn MAY ( description $ seeAlso $ uid ) )
moduleload back_mdb
database mdb
maxsize 1073741824
suffix cn=bench
directory %s
`

// fillLDAP makes a database and returns its configuration.
func (b *bench) fillLDAP(ctx context.Context, program, dir string) (config string, err error) {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", err
	}
	config, entries := filepath.Join(dir, "slapd.conf"), filepath.Join(dir, "entries.ldif")
	var text strings.Builder
	text.WriteString("dn: cn=bench\nobjectClass: benchRoot\ncn: bench\n")
	for i := range b.peerUsers {
		fmt.Fprintf(&text, "\ndn: %s\nobjectClass: benchUser\ncn: %s\nuid: user%d\ndescription: %s\n", ldapName(i), userID(i), i, email(i))
	}
	err = errors.Join(
		os.WriteFile(config, fmt.Appendf(nil, ldapConfig, dir), 0o600),
		os.WriteFile(entries, []byte(text.String()), 0o600),
	)
	if err != nil {
		return "", err
	}
	// slapd does what slapadd does when it is called that.
	cmd := exec.CommandContext(ctx, program, "-T", "add", "-q", "-f", config, "-l", entries)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return config, nil
}

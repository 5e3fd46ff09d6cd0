package cmd_test

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/nexuslims/nexuslims-go/cmd"
	"github.com/nexuslims/nexuslims-go/nexuslims/builtin"
	"github.com/nexuslims/nexuslims-go/nexuslims/pipeline"
)

// The test binary is also the program: with childArgs set it carries out a command line.
const (
	childArgs  = "NX_TEST_CHILD"       // arguments, one a line
	childNow   = "NX_TEST_CHILD_NOW"   // its clock
	childKill  = "NX_TEST_CHILD_KILL"  // number of the step after which it is gone
	childPause = "NX_TEST_CHILD_PAUSE" // step after which it says so and waits for the end of its input
)

func TestMain(m *testing.M) {
	if args := os.Getenv(childArgs); args != "" {
		os.Exit(child(strings.Split(args, "\n")))
	}
	goleak.VerifyTestMain(m)
}

// child is the stock program with its clock and its end in the hands of a test. Without
// either it is the program itself.
func child(args []string) int {
	now := os.Getenv(childNow)
	if now == "" {
		return cmd.Main(context.Background(), builtin.Plugins(), args)
	}
	dir, err := os.Getwd()
	if err != nil {
		return pipeline.ExitFailed
	}
	return cmd.Run(context.Background(), cmd.Process{
		Plugins: builtin.Plugins(), Args: args, Environment: os.Environ(), Folder: dir,
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Checkpoint: checkpoint(), RetryWait: time.Millisecond,
		Now: func() time.Time {
			t, _ := time.Parse(time.RFC3339, now) // written by the parent
			return t
		},
	})
}

// checkpoint ends or pauses the process where the parent wants it, and prints the steps
// where it wants to know them.
func checkpoint() func(string) {
	wanted, _ := strconv.Atoi(os.Getenv(childKill)) // zero: none
	pause := os.Getenv(childPause)
	passed := 0
	return func(step string) {
		if passed++; passed == wanted {
			os.Exit(137)
		}
		if wanted < 0 {
			fmt.Fprintln(os.Stderr, "step:", step)
		}
		if step == pause {
			fmt.Fprintln(os.Stderr, "paused:", step)
			_, _ = os.Stdin.Read(make([]byte, 1))
		}
	}
}

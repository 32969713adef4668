"""`python -m filing_client.command`."""

import sys

from filing_client.command import main

sys.exit(main())

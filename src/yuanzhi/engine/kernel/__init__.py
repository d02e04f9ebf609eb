"""Words everything uses: labels, codes, periods, quantities with units, outcomes, problems."""

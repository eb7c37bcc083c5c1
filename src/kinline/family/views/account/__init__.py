"""Creating an account, getting in, and My account (ACC-1 to ACC-7)."""

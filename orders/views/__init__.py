"""The pages of whoever buys: basket, checkout, and the order afterwards."""

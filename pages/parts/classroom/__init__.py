"""The pieces of the classroom page: back-propagation by hand, the comparison, the usual mistakes."""

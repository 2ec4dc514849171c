"""Shared pieces of pages. Streamlit discovers pages in `pages/` itself only, so nothing here becomes one."""

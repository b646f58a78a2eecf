"""What the app is made of besides code: colours, style sheet, icons, the user guide."""
